import type { AuthenticationOptions } from '../auth/authenticator.ts';
import type { CatalogLocation } from '../catalog/location.ts';
import type { FetchPlugin } from '../http/fetch.ts';
import type { Limits, NoCachePolicy } from '../limits/limits.ts';
import type { Observe } from '../observation.ts';
import type { ExchangePlace } from '../snapshot/exchange/place.ts';
import type { SourceChoice, SourceSettings } from '../source/settings.ts';

/** The settings of the kinds of source; see `sourceSettings` for each and its default. */
export type SourceOptions = { readonly [Name in keyof SourceSettings]?: number | undefined };

/** The options of a gateway. Times are in milliseconds. */
export interface GatewayOptions extends SourceOptions {
  readonly catalog: CatalogLocation;
  /** The schemas to expose; by default all that contain foreign tables. */
  readonly schemas?: readonly string[] | undefined;
  /** Which kinds of foreign tables to expose; all by default. */
  readonly sources?: SourceChoice | undefined;
  /** How long a snapshot is fresh after the start of its scan; 60,000 by default. */
  readonly maxAgeMs?: number | undefined;
  /** How long a stale snapshot is served while a scan replaces it; 600,000 by default. */
  readonly staleWhileRevalidateMs?: number | undefined;
  /** How long a query waits for a scan; 30,000 by default. */
  readonly scanTimeoutMs?: number | undefined;
  /** The minimum time between two scans that `no-cache` requests force; 5,000 by default. */
  readonly minRefreshMs?: number | undefined;
  /** The size of the largest snapshot in bytes; by default a quarter of the memory. */
  readonly maxSnapshotBytes?: number | undefined;
  /** Who may force a scan: by default callers with a verified token or, if tokens are not verified, everyone. */
  readonly allowNoCache?: NoCachePolicy | undefined;
  /** Whether to scan at start, and again after failures until there is a snapshot. */
  readonly warm?: boolean | undefined;
  /** How long after the start of one scan the next starts on its own; never by default. */
  readonly refreshMs?: number | undefined;
  /** A folder in which snapshots survive a restart; none by default. */
  readonly snapshotDir?: string | undefined;
  /** The key of snapshots that are stored or shared: 32 bytes in hexadecimal or base64, or a passphrase. */
  readonly snapshotKey?: string | undefined;
  /** How scans are shared with the other gateways on the catalog; not at all by default. */
  readonly share?: ShareOptions | undefined;
  /** The secret that seals cursors of tables without a readable key, the same on all gateways; by default another secret. */
  readonly cursorKey?: string | undefined;
  /** Whether the gateway is a subgraph of Apollo Federation 2; off by default. */
  readonly federation?: boolean | undefined;
  /** How callers are authenticated; without it everyone has the role as which the catalog is read. */
  readonly auth?: Omit<AuthenticationOptions, 'observe'> | undefined;
  /** Whether other machines may reach a gateway that does not verify tokens; off by default. */
  readonly allowUnauthenticated?: boolean | undefined;
  /** The origins whose pages may use the gateway; none by default. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** A file of the documents that clients may execute; by default they may execute any. */
  readonly persistedOperations?: string | undefined;
  /** Whether clients may execute other documents, too. */
  readonly allowArbitraryOperations?: boolean | undefined;
  /** Whether documents that were sent once can be executed by their hash from then on; on by default. */
  readonly automaticPersistedQueries?: boolean | undefined;
  /** Whether the null of a failing collection propagates to its parent, as its type requires; off by default. */
  readonly strictNulls?: boolean | undefined;
  /** Whether clients may introspect the schema, unless a directive decides; on unless NODE_ENV is production. */
  readonly introspection?: boolean | undefined;
  /** How often the catalog is checked for changes; 5,000 by default; with 0 only on request. */
  readonly reloadIntervalMs?: number | undefined;
  /** If given, an unreachable Postgres is waited for until this signal; by default the start fails at once. */
  readonly waiting?: AbortSignal | undefined;
  /** The limits on what a request may cost that differ from the defaults. */
  readonly limits?: { readonly [Name in keyof Limits]?: number | undefined } | undefined;
  /** Whether every answer explains its scans in `extensions.scans`. */
  readonly explain?: boolean | undefined;
  /** The roles that may see `/status`; none by default. */
  readonly adminRoles?: readonly string[] | undefined;
  /** Plugins of GraphQL Yoga for `fetch`; `listen` calls none of them. */
  readonly plugins?: readonly FetchPlugin[] | undefined;
  /** Receives all observations. */
  readonly observe?: Observe | undefined;
}

/** How gateways share their scans. Times are in milliseconds. */
export interface ShareOptions {
  /** Where they exchange snapshots; by default the Postgres of the catalog. */
  readonly place?: ExchangePlace | undefined;
  /** How long a silent gateway keeps its lease on an object; 15,000 by default. */
  readonly leaseMs?: number | undefined;
  /** How often to check for news; 2,000 by default. */
  readonly pollMs?: number | undefined;
  /** Whether the tables that are created for it are logged, and so replicated to standbys; off by default. */
  readonly logged?: boolean | undefined;
}
