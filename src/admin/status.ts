import type { CacheSize } from '../cache-size.ts';
import type { Runs } from '../http/runs.ts';
import type { RoleGrants } from '../model/definition.ts';
import type { Model, Problem } from '../model/model.ts';
import type { InterpretedReason, ReloadFailure } from '../observation.ts';
import type { SharingStatus } from '../snapshot/exchange/sharing-status.ts';
import type { SnapshotStatus, StoreStatus } from '../snapshot/store-status.ts';
import { counted } from '../wording.ts';
import { hintFor } from './hints.ts';
import type { History, RecentError, ScanFailure } from './history.ts';
import { type RoleView, roleViews } from './role-views.ts';

/** The status of a gateway, without any row, token or secret. Times are in milliseconds since 1970. */
export interface GatewayStatus {
  readonly version: string;
  readonly startedAt: number;
  readonly now: number;
  readonly ready: boolean;
  /** Why it is not ready; empty if it is. */
  readonly reasons: readonly NotReady[];
  readonly tables: readonly TableStatus[];
  readonly objects: readonly ObjectStatus[];
  readonly problems: readonly Problem[];
  /** The newest first. */
  readonly errors: readonly RecentError[];
  readonly requests: RequestsStatus;
  /** The caches of what is derived from snapshots, such as orders and the rows that match a filter, by kind. */
  readonly remembered: Readonly<Record<string, CacheSize>>;
  /** Why the catalog could not be read again, so that the last one read is in effect; undefined if it could. */
  readonly reloadFailure: ReloadFailure | undefined;
  /** The maximum rate of scans with the same credentials in one Region, in requests per second. */
  readonly scanRequestsPerSecond: number;
  readonly scanConnections: ScanConnectionsStatus;
}

/** Why a gateway should not get requests. */
export interface NotReady {
  readonly reason: 'no-catalog' | 'no-usable-table' | 'first-snapshot-missing' | 'draining';
  readonly message: string;
}

/** An exposed foreign table, and who sees it. */
export interface TableStatus {
  readonly schema: string;
  readonly name: string;
  readonly typeName: string;
  readonly server: string;
  readonly object: string;
  readonly columns: number;
  /** The roles that may read some of it, with what each sees. */
  readonly roles: readonly RoleView[];
}

/** A scanned object and its snapshot. */
export interface ObjectStatus extends Omit<StoreStatus, 'scan' | 'snapshot' | 'sharing'> {
  readonly snapshot: (SnapshotStatus & { readonly ageSeconds: number }) | undefined;
  readonly scan: RunningScanStatus | undefined;
  readonly lastFailure: (ScanFailure & { readonly hint: string }) | undefined;
  readonly sharing: (SharingStatus & SharingLag) | undefined;
}

/** How far behind the other gateways an object is; undefined if nothing is published. */
export interface SharingLag {
  /** Seconds since the start of the scan of the published snapshot. */
  readonly publishedAgeSeconds: number | undefined;
  /** How much older the served snapshot is than the published one; the whole age of that if nothing is served. */
  readonly lagSeconds: number | undefined;
}

/** A running scan. */
export interface RunningScanStatus {
  readonly startedAt: number;
  readonly rows: number;
  readonly pages: number;
  readonly requests: number;
  readonly throttles: number;
  readonly estimatedRows: number | undefined;
  /** Requests to the source per second so far. */
  readonly requestsPerSecond: number;
  /** From 0 to 1; undefined if the number of rows is not known. */
  readonly fraction: number | undefined;
  /** The estimated remaining time in seconds; undefined if it is not known. */
  readonly etaSeconds: number | undefined;
}

/** Requests in flight, and counts of executed operations. */
export interface RequestsStatus {
  /** Requests in flight. */
  readonly active: number;
  /** Operations executed since the start, by how. */
  readonly compiled: number;
  readonly interpreted: number;
  /** Those that were interpreted, by reason. */
  readonly interpretedBecause: Readonly<Record<InterpretedReason, number>>;
}

/** @param active how many requests are in flight */
export function requestsStatus(active: number, { compiled, interpreted }: Runs): RequestsStatus {
  const total = Object.values(interpreted).reduce((sum, count) => sum + count, 0);
  return { active, compiled, interpreted: total, interpretedBecause: interpreted };
}

/** The connections of scans through Postgres: how many there may be and are, and how many scans wait for one. */
export interface ScanConnectionsStatus {
  readonly limit: number;
  readonly taken: number;
  readonly waiting: number;
}

/** The parts of which a status is made. */
export interface StatusSources {
  readonly version: string;
  readonly startedAt: number;
  readonly now: number;
  readonly model: Model;
  readonly stores: readonly StoreStatus[];
  readonly history: History;
  readonly requests: RequestsStatus;
  readonly remembered: GatewayStatus['remembered'];
  readonly reloadFailure: ReloadFailure | undefined;
  readonly scanRequestsPerSecond: number;
  readonly scanConnections: ScanConnectionsStatus;
  /** The grants of each role. */
  readonly roles: readonly RoleGrants[];
  /** Whether readiness requires a first scan of every object. */
  readonly warm: boolean;
  readonly draining: boolean;
}

/** Makes the current status of a gateway. */
export function describeStatus(sources: StatusSources): GatewayStatus {
  const { version, startedAt, now, model, stores, history, requests, roles } = sources;
  const reasons = notReady(sources);
  return {
    version,
    startedAt,
    now,
    ready: reasons.length === 0,
    reasons,
    tables: model.tables.map((table) => ({
      schema: table.schema,
      name: table.name,
      typeName: table.typeName,
      server: table.server,
      object: table.object,
      columns: table.columns.length,
      roles: roleViews(table, roles),
    })),
    objects: stores.map((store) => describeObject(store, history, now)),
    problems: model.problems,
    errors: history.errors,
    requests,
    remembered: sources.remembered,
    reloadFailure: sources.reloadFailure,
    scanRequestsPerSecond: sources.scanRequestsPerSecond,
    scanConnections: sources.scanConnections,
  };
}

/** The reasons why a gateway is not ready; empty if it is. */
export function notReady({
  model,
  stores,
  warm,
  draining,
}: Pick<StatusSources, 'model' | 'stores' | 'warm' | 'draining'>): readonly NotReady[] {
  const missing = warm ? stores.filter(({ snapshot }) => !snapshot) : [];
  return [
    ...(draining ? [{ reason: 'draining', message: 'the gateway is stopping' } as const] : []),
    ...(model.tables.length === 0
      ? [
          {
            reason: 'no-usable-table',
            message: `no foreign table is exposed; see the ${counted(model.problems.length, 'problem')}`,
          } as const,
        ]
      : []),
    ...missing.map(
      ({ server, object }) =>
        ({
          reason: 'first-snapshot-missing',
          message: `${server}.${object} has not been scanned yet`,
        }) as const,
    ),
  ];
}

/** The reason while a gateway has not read its catalog yet. */
export const noCatalogYet: NotReady = {
  reason: 'no-catalog',
  message: 'the catalog has not been read yet',
};

function describeObject(store: StoreStatus, history: History, now: number): ObjectStatus {
  const { snapshot, scan, sharing } = store;
  const failure = history.failureOf(store);
  return {
    ...store,
    snapshot: snapshot && {
      ...snapshot,
      ageSeconds: Math.max(0, Math.floor((now - snapshot.scannedAt) / 1000)),
    },
    scan: scan && describeScan(scan, now),
    lastFailure: failure && { ...failure, hint: hintFor(failure.code) },
    sharing: sharing && { ...sharing, ...describeLag(sharing, snapshot, now) },
  };
}

function describeLag(
  { published }: SharingStatus,
  snapshot: SnapshotStatus | undefined,
  now: number,
): SharingLag {
  if (!published) return { publishedAgeSeconds: undefined, lagSeconds: undefined };
  const secondsSince = (from: number, to: number) => Math.max(0, Math.floor((to - from) / 1000));
  const publishedAgeSeconds = secondsSince(published.scannedAt, now);
  if (published.isLoaded) return { publishedAgeSeconds, lagSeconds: 0 };
  return {
    publishedAgeSeconds,
    lagSeconds: snapshot ? secondsSince(snapshot.scannedAt, published.scannedAt) : publishedAgeSeconds,
  };
}

function describeScan(
  { startedAt, progress }: NonNullable<StoreStatus['scan']>,
  now: number,
): RunningScanStatus {
  const { rows, pages, requests, throttles, estimatedRows } = progress;
  const seconds = Math.max(0.001, (now - startedAt) / 1000);
  // An estimate can be too low. Then the scan is nearly done.
  const fraction = estimatedRows ? Math.min(0.99, rows / estimatedRows) : undefined;
  return {
    startedAt,
    rows,
    pages,
    requests,
    throttles,
    estimatedRows,
    requestsPerSecond: Math.round((requests / seconds) * 10) / 10,
    fraction,
    etaSeconds: fraction ? Math.ceil((seconds / fraction) * (1 - fraction)) : undefined,
  };
}
