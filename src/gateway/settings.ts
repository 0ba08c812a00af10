import { randomUUID } from 'node:crypto';
import { hostname, totalmem } from 'node:os';
import { Authentication } from '../auth/authenticator.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { printDuration } from '../duration.ts';
import { UsageError } from '../errors.ts';
import { type CorsPolicy, createCorsPolicy } from '../http/server/cross-origin.ts';
import { type Limits, limitSettings, resolveLimits } from '../limits/limits.ts';
import { loadTrustedDocuments, type TrustedDocumentsOptions } from '../limits/trusted-documents.ts';
import type { Observe } from '../observation.ts';
import type { Sharing } from '../snapshot/exchange/place-client.ts';
import { PostgresPlace } from '../snapshot/exchange/postgres/postgres-place.ts';
import { parseSnapshotKey } from '../snapshot/file/key.ts';
import { SnapshotDirectory } from '../snapshot/file/snapshot-directory.ts';
import type { StoresOptions } from '../snapshot/stores.ts';
import { resolveSourceSettings, type SourceSettings } from '../source/settings.ts';
import type { GatewayOptions } from './options.ts';

/** The validated options of a gateway. Times are in milliseconds. */
export interface GatewaySettings {
  readonly limits: Limits;
  readonly cors: CorsPolicy;
  readonly authentication: Authentication;
  readonly trustedDocuments: TrustedDocumentsOptions | undefined;
  readonly sources: SourceSettings;
  /** The options of every snapshot store. */
  readonly stores: Omit<StoresOptions, 'model' | 'connect' | 'previous' | 'sharing'>;
  /** The secret that seals cursors of tables without a readable key; if undefined, the gateway makes its own. */
  readonly cursorSecret: string | undefined;
}

/**
 * Validates the options of a gateway, and applies the defaults.
 *
 * @throws ConfigurationError if one is invalid
 * @throws UsageError if one contradicts another
 */
export async function resolveOptions(options: GatewayOptions, observe: Observe): Promise<GatewaySettings> {
  const limits = resolveLimits(options.limits);
  const scanTimeoutMs = options.scanTimeoutMs ?? 30_000;
  const maxSnapshotBytes = options.maxSnapshotBytes ?? Math.floor(usableMemory() / 4);
  assertTimeForScans(limits, scanTimeoutMs);
  assertPlaceToShare(options);
  return {
    limits,
    cors: createCorsPolicy(options.corsOrigins ?? []),
    authentication: new Authentication({ ...options.auth, observe }),
    trustedDocuments: await trustedDocumentsOf(options),
    sources: resolveSourceSettings(options),
    stores: {
      maxAgeMs: options.maxAgeMs ?? 60_000,
      staleWhileRevalidateMs: options.staleWhileRevalidateMs ?? 600_000,
      scanTimeoutMs,
      minRefreshMs: options.minRefreshMs ?? 5_000,
      maxSnapshotBytes,
      files: await snapshotFilesOf(options, maxSnapshotBytes, observe),
      observe,
    },
    cursorSecret: cursorSecretOf(options),
  };
}

/** Bytes of memory that the process may use, as far as it can tell. */
function usableMemory(): number {
  // 0 or undefined if nothing constrains it, or more than there is.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.min(totalmem(), constrained);
}

/** If a request times out before its wait for a scan does, its error cannot contain the progress of the scan. */
function assertTimeForScans({ requestTimeout }: Limits, scanTimeoutMs: number): void {
  if (requestTimeout >= scanTimeoutMs) return;
  const { flag } = limitSettings.requestTimeout;
  throw new UsageError(
    `${flag} must not be shorter than --scan-timeout, but got ${printDuration(requestTimeout)} and ${printDuration(scanTimeoutMs)}`,
  );
}

async function trustedDocumentsOf({ persistedOperations, allowArbitraryOperations = false }: GatewayOptions) {
  if (persistedOperations === undefined) return undefined;
  return { documents: await loadTrustedDocuments(persistedOperations), allowArbitraryOperations };
}

function assertPlaceToShare({ share, catalog }: GatewayOptions): void {
  if (!share || share.place || 'databaseUrl' in catalog) return;
  throw new UsageError(
    '--share needs a Postgres that all gateways reach: give --database-url, not --catalog',
  );
}

/** How scans are shared with other gateways; undefined if they are not. */
export async function sharingOf(
  { share, snapshotKey }: GatewayOptions,
  { database }: Catalog,
): Promise<Sharing | undefined> {
  if (!share) return undefined;
  const { leaseMs = 15_000, pollMs = 2_000, logged = false } = share;
  const connection = (await database?.connection?.()) ?? {};
  const place = share.place ?? new PostgresPlace({ connection, logged });
  const key = snapshotKey === undefined ? undefined : parseSnapshotKey(snapshotKey);
  return { place, key, holder: `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`, leaseMs, pollMs };
}

/** A secret that all gateways on the catalog have, and that clients do not. */
function cursorSecretOf({ cursorKey, snapshotKey, auth, catalog }: GatewayOptions): string | undefined {
  return (
    cursorKey ??
    snapshotKey ??
    auth?.jwtSecret ??
    ('databaseUrl' in catalog ? catalog.databaseUrl : undefined)
  );
}

async function snapshotFilesOf(
  { snapshotDir, snapshotKey }: GatewayOptions,
  maxSnapshotBytes: number,
  observe: Observe,
) {
  const key = snapshotKey === undefined ? undefined : parseSnapshotKey(snapshotKey);
  if (snapshotDir === undefined) return undefined;
  const files = new SnapshotDirectory({ directory: snapshotDir, key, maxSnapshotBytes, observe });
  await files.assertTrusted();
  return files;
}
