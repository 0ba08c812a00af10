import type { AuthenticatorOptions } from '../auth/authenticator.ts';
import type { CatalogLocation } from '../catalog/location.ts';
import type { FetchPlugin } from '../http/fetch.ts';
import type { Limits, NoCachePolicy } from '../limits/limits.ts';
import type { Observe } from '../observation.ts';
import type { ExchangePlace } from '../snapshot/exchange/place.ts';
import type { SourceChoice, SourceSettings } from '../source/settings.ts';

/** What the kinds of source can be tuned by; see `sourceSettings` for each and its default. */
export type SourceOptions = { readonly [Name in keyof SourceSettings]?: number | undefined };

/** How a gateway is made. Times are in milliseconds. */
export interface GatewayOptions extends SourceOptions {
  readonly catalog: CatalogLocation;
  /** The schemas to expose; all that hold foreign tables by default. */
  readonly schemas?: readonly string[] | undefined;
  /** Which kinds of foreign tables to expose; all by default. */
  readonly sources?: SourceChoice | undefined;
  /** How long a snapshot is fresh after its scan began; 60,000 by default. */
  readonly maxAgeMs?: number | undefined;
  /** How long a stale snapshot is served while a scan replaces it; 600,000 by default. */
  readonly staleWhileRevalidateMs?: number | undefined;
  /** How long a query waits for a scan; 30,000 by default. */
  readonly scanTimeoutMs?: number | undefined;
  /** The least time between two scans that `no-cache` requests force; 5,000 by default. */
  readonly minRefreshMs?: number | undefined;
  /** Who may force a scan: by default those whose token was verified, or all where none is. */
  readonly allowNoCache?: NoCachePolicy | undefined;
  /** Whether to scan at once, before anybody asks, and again after failures until there is a snapshot. */
  readonly warm?: boolean | undefined;
  /** How long after the beginning of one scan the next begins, without anybody asking; never by default. */
  readonly refreshMs?: number | undefined;
  /** A folder that keeps snapshots from one start to the next; none by default. */
  readonly snapshotDir?: string | undefined;
  /** What they are encrypted with: 32 bytes in hexadecimal or base64, or a passphrase. */
  readonly snapshotKey?: string | undefined;
  /** How scans are shared with the other gateways on the catalog; not at all by default. */
  readonly share?: ShareOptions | undefined;
  /** What cursors of tables without a readable key are sealed with, on all gateways alike; by default another secret. */
  readonly cursorKey?: string | undefined;
  /** Whether the gateway is a subgraph of Apollo Federation 2; off by default. */
  readonly federation?: boolean | undefined;
  /** How callers prove who they are; without it everyone is the role that the catalog is read as. */
  readonly auth?: Omit<AuthenticatorOptions, 'loginRole' | 'roleExists' | 'observe'> | undefined;
  /** Whether other machines may reach a gateway that verifies no tokens; off by default. */
  readonly allowUnauthenticated?: boolean | undefined;
  /** The origins whose pages may use the gateway; none by default. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** A file of the documents that may be asked for; any may by default. */
  readonly persistedOperations?: string | undefined;
  /** Whether other documents may be asked for too. */
  readonly allowArbitraryOperations?: boolean | undefined;
  /** Whether documents that were sent once can be asked for by their hash from then on; on by default. */
  readonly automaticPersistedQueries?: boolean | undefined;
  /** Whether a collection that fails takes its parent with it, as its type has it; off by default. */
  readonly strictNulls?: boolean | undefined;
  /** Whether clients may introspect the schema where no directive says; on unless NODE_ENV is production. */
  readonly introspection?: boolean | undefined;
  /** How often the catalog is looked at for changes; 5,000 by default, and 0 looks only when told to. */
  readonly reloadIntervalMs?: number | undefined;
  /** Waits for a catalog whose Postgres is away until this signal; by default the start fails at once. */
  readonly waiting?: AbortSignal | undefined;
  /** What a request may cost, where it differs from the defaults. */
  readonly limits?: { readonly [Name in keyof Limits]?: number | undefined } | undefined;
  /** Whether every answer explains its scans in `extensions.scans`. */
  readonly explain?: boolean | undefined;
  /** The roles that may see `/status`; none by default. */
  readonly adminRoles?: readonly string[] | undefined;
  /** Plugins of GraphQL Yoga for `fetch`; `listen` calls none of them. */
  readonly plugins?: readonly FetchPlugin[] | undefined;
  /** Is told everything worth knowing. */
  readonly observe?: Observe | undefined;
}

/** How gateways scan each object once between them. Times are in milliseconds. */
export interface ShareOptions {
  /** Where they meet; by default the Postgres that has the catalog. */
  readonly place?: ExchangePlace | undefined;
  /** How long a gateway that says nothing keeps its lease on an object; 15,000 by default. */
  readonly leaseMs?: number | undefined;
  /** How long news may go unnoticed; 2,000 by default. */
  readonly pollMs?: number | undefined;
  /** Whether tables that are made for it are logged, and so reach replicas of the database; off by default. */
  readonly logged?: boolean | undefined;
}
