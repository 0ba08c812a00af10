import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { History } from './admin/history.ts';
import { describeStatus, type GatewayStatus, notReady } from './admin/status.ts';
import { createStatusRoute } from './admin/status-route.ts';
import { type AuthenticatorOptions, createAuthenticator, type PostgresRoles } from './auth/authenticator.ts';
import { type Catalog, type CatalogLocation, openCatalog } from './catalog/catalog.ts';
import { CatalogFollower } from './catalog/follower.ts';
import { whenAvailable } from './catalog/patience.ts';
import { systemClock } from './clock.ts';
import { printDuration } from './duration.ts';
import { UsageError } from './errors.ts';
import {
  type CatalogReading,
  createGeneration,
  type Generation,
  type GenerationParts,
} from './generation.ts';
import { Generations } from './generations.ts';
import { createCorsPolicy } from './http/cross-origin.ts';
import { ErrorWriter } from './http/error-writer.ts';
import { acceptedHosts } from './http/exposure.ts';
import { createFetchHandler, type FetchHandler, type FetchPlugin } from './http/fetch-handler.ts';
import { createGraphiQLPage } from './http/graphiql/page.ts';
import { type Address, type ListeningServer, listen } from './http/listen.ts';
import { createNodeServer } from './http/node-server.ts';
import type { Road } from './http/road.ts';
import { createRoutes } from './http/routes.ts';
import { type Limits, limitSettings, type NoCachePolicy, resolveLimits } from './limits/limits.ts';
import { loadTrustedDocuments } from './limits/trusted-documents.ts';
import { buildModel } from './model/build.ts';
import type { Model } from './model/model.ts';
import type { Observe } from './observation.ts';
import { policyProblems } from './plan/policy.ts';
import { useCursorSecret } from './rows/page/sealed-identity.ts';
import { remembered } from './rows/store/store-cache.ts';
import type { ExchangePlace } from './snapshot/exchange/place.ts';
import { PostgresPlace } from './snapshot/exchange/postgres/postgres-place.ts';
import type { Sharing } from './snapshot/exchange/shared-object.ts';
import { parseSnapshotKey } from './snapshot/file/key.ts';
import { SnapshotDirectory } from './snapshot/file/snapshot-directory.ts';
import { createSourceKinds, type SourceKinds, withChosenTables } from './source/kinds.ts';
import { openServers } from './source/servers.ts';
import { resolveSourceSettings, type SourceChoice, type SourceSettings } from './source/settings.ts';

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

/** A gateway over the foreign tables of one catalog. */
export interface Gateway {
  /** What the catalog exposes now. */
  readonly model: Model;
  /** Answers fetch requests to GraphQL. */
  readonly fetch: FetchHandler;
  /** The same for a `node:http` server of your own, whose `Host` headers are your business; `/graphql` is its path. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Serves GraphQL, GraphiQL and health checks. Its server is closed before the gateway. */
  listen(address: Address): Promise<ListeningServer>;
  /** How it is doing. */
  status(): GatewayStatus;
  /**
   * Reads the catalog anew. Requests that have begun end on what it said before.
   *
   * @throws ConfigurationError where it cannot be read; what it said before is served on
   */
  reload(): Promise<void>;
  /**
   * Has the object behind a table scanned anew, or every object.
   *
   * @param table as `schema.table`
   * @returns whether there is such a table
   */
  refresh(table?: string): boolean;
  /** Says that it is stopping: it is not ready any more, and answers on. */
  drain(): void;
  /** Ends all scans and frees every connection. */
  close(): Promise<void>;
}

const { version } = createRequire(import.meta.url)('../package.json');

/**
 * Reads a catalog and serves its foreign tables: catalog, model, schema per role; snapshots behind them.
 *
 * @throws ConfigurationError where the catalog cannot be opened, or an option is wrong or contradicts another
 * @throws UsageError where requests would end before scans
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { maxAgeMs = 60_000, allowUnauthenticated = false } = options;
  const startedAt = Date.now();
  const history = new History();
  const observe: Observe = (observation) => {
    history.observe(observation);
    options.observe?.(observation);
  };
  const limits = resolveLimits(options.limits);
  const scanTimeoutMs = options.scanTimeoutMs ?? 30_000;
  assertTimeForScans(limits, scanTimeoutMs);
  const cors = createCorsPolicy(options.corsOrigins ?? []);
  const trustedDocuments = await trustedDocumentsOf(options);
  const files = snapshotFilesOf(options, observe);
  assertPlaceToShare(options);
  const cursorSecret = cursorSecretOf(options);
  if (cursorSecret !== undefined) useCursorSecret(cursorSecret);
  const patience = { clock: systemClock, observe, signal: options.waiting ?? AbortSignal.abort() };
  const catalog = await whenAvailable(() => openCatalog(options.catalog), patience);
  let sharing: Sharing | undefined;
  try {
    sharing = await whenAvailable(() => sharingOf(options, catalog), patience);
    const kinds = createSourceKinds(catalog, resolveSourceSettings(options), options.sources ?? 'all');
    const read = () => describeCatalog(catalog, options, kinds);
    // What changes while it is read is found at the next look. Which secrets matter is known afterwards.
    const { definition } = await whenAvailable(() => catalog.fingerprint(), patience);
    const reading = await whenAvailable(read, patience);
    const { secrets } = await whenAvailable(() => catalog.fingerprint(), patience);
    const authenticator = createAuthenticator({ ...options.auth, ...rolesOf(reading), observe });
    const { verifiesTokens } = authenticator;
    const runs = { compiled: 0, interpreted: 0 };
    const parts: GenerationParts = {
      authenticator,
      anonRole: options.auth?.anonRole,
      federation: options.federation ?? false,
      introspection: options.introspection ?? process.env.NODE_ENV !== 'production',
      limits,
      trustedDocuments,
      automaticPersistedQueries: options.automaticPersistedQueries ?? true,
      strictNulls: options.strictNulls ?? false,
      allowNoCache: options.allowNoCache ?? (verifiesTokens ? 'authenticated' : 'all'),
      explain: options.explain ?? false,
      stores: {
        maxAgeMs,
        staleWhileRevalidateMs: options.staleWhileRevalidateMs ?? 600_000,
        scanTimeoutMs,
        minRefreshMs: options.minRefreshMs ?? 5_000,
        files,
        sharing,
        observe,
      },
      keepScanned: {
        all: options.warm === true || options.refreshMs !== undefined,
        everyMs: options.refreshMs,
      },
      runs,
      observe,
    };
    const generations = new Generations(
      createGeneration(reading, parts, undefined),
      (retired, live) => void retired.stores.closeUnless(live.map(({ stores }) => stores)),
    );
    const current = () => generations.current;
    observeReading(reading, observe);

    const apply = async (always: boolean) => {
      const next = await read();
      if (!always && !current().isPartial && isDeepStrictEqual(next.definition, current().definition)) return;
      generations.replace(createGeneration(next, parts, current()));
      observeReading(next, observe);
      void complete(current());
    };
    const follower = new CatalogFollower({
      catalog,
      fingerprint: { definition, secrets },
      intervalMs: options.reloadIntervalMs ?? 5_000,
      apply,
      clock: systemClock,
      observe,
    });
    /** Columns that had to be scanned for are exposed as soon as they are there. */
    const complete = async (generation: Generation): Promise<void> => {
      if (!generation.isPartial) return;
      const scanned = await generation.stores.fetchLacking().then(
        () => true,
        () => false,
      );
      if (!scanned) await systemClock.sleep(retryScanMs, closing.signal).catch(() => undefined);
      if (closing.signal.aborted || generation !== current()) return;
      await (scanned ? follower.reload().catch(() => undefined) : complete(generation));
    };
    const closing = new AbortController();

    let draining = false;
    const readiness = () => ({
      model: current().model,
      stores: current().stores.status(),
      warm: options.warm ?? false,
      draining,
    });
    const isReady = () => notReady(readiness()).length === 0;
    const answering = new Set<{ readonly active: number }>();
    const status = (): GatewayStatus =>
      describeStatus({
        version,
        startedAt,
        now: Date.now(),
        roles: current().definition.roles,
        reloadFailure: follower.failure,
        history,
        requests: {
          active: [...answering].reduce((sum, { active }) => sum + active, 0),
          ...runs,
        },
        remembered: remembered(),
        scanRequestsPerSecond: resolveSourceSettings(options).requestsPerSecond,
        ...readiness(),
      });
    const errors = new ErrorWriter({ observe, suggestions: false });
    const identify = {
      authenticate: (authorization: string | null) => current().authenticator.authenticate(authorization),
    };
    const road: Road = (request) => generations.lend((generation) => generation.road(request));
    const graphiql = createGraphiQLPage({
      introspection: () => current().introspection,
      authenticator: identify,
      ports: {
        verifiesTokens,
        tablesOf: (role) => current().schemas.of(role).tables,
        seesAll: (caller, table) => current().visibleTo(caller, table) === 'all',
        glance: (table) => current().stores.of(table).glance(),
        progress: (table) => current().stores.of(table).progress(),
      },
    });
    const { adminRoles } = options;
    const statusRoute =
      adminRoles && createStatusRoute({ authenticator: identify, adminRoles, status, errors });
    const routes = createRoutes({ road, graphiql, statusRoute });
    const { plugins = [] } = options;
    const serverOptions = { limits, routes, errors, cors, observe, isReady };
    const embedded = createNodeServer({ ...serverOptions, acceptsHost: () => true });
    answering.add(embedded);
    return {
      get model() {
        return current().model;
      },
      fetch: createFetchHandler({ road, graphiql, errors, cors, limits, plugins }),
      listener: (request, response) => {
        embedded.server.emit('request', request, response);
      },
      listen: async (address) => {
        const acceptsHost = acceptedHosts({ host: address.host, verifiesTokens, allowUnauthenticated });
        const server = await listen(address, { ...serverOptions, acceptsHost });
        answering.add(server);
        return server;
      },
      status,
      reload: () => follower.reload(),
      refresh(path) {
        const { model, stores } = current();
        const tables = model.tables.filter(
          ({ schema, name }) => (path ?? `${schema}.${name}`) === `${schema}.${name}`,
        );
        for (const store of new Set(tables.map((table) => stores.of(table)))) store.refresh();
        return tables.length > 0;
      },
      drain() {
        draining = true;
      },
      async close() {
        closing.abort();
        await follower.close();
        await Promise.all(generations.live.map(({ stores }) => stores.close()));
        await sharing?.place.close();
        await catalog.close();
      },
    };
  } catch (error) {
    await sharing?.place.close();
    await catalog.close();
    throw error;
  }
}

/** Milliseconds between two scans for columns whose attributes are lacking. */
const retryScanMs = 5_000;

function observeReading({ definition: { skipped }, model }: CatalogReading, observe: Observe): void {
  observe({ event: 'model', tables: model.tables.length, problems: model.problems.length });
  if (skipped?.total) observe({ event: 'statements-skipped', statements: skipped.total });
  for (const problem of model.problems) observe({ event: 'problem', ...problem });
}

function rolesOf({ definition: { loginRole, roles } }: CatalogReading): PostgresRoles {
  return { loginRole, roleExists: (role) => roles.some((known) => known.role === role) };
}

/**
 * What a catalog exposes, and the servers behind it.
 *
 * @param kinds where they outlive one reading of the catalog, and what they remember with them
 */
export async function describeCatalog(
  catalog: Catalog,
  options: Pick<GatewayOptions, 'schemas' | 'sources' | 'federation'> & SourceOptions,
  kinds: SourceKinds = createSourceKinds(catalog, resolveSourceSettings(options), options.sources ?? 'all'),
): Promise<CatalogReading> {
  const definition = withChosenTables(await catalog.readDefinition(), kinds);
  const servers = await openServers(definition, kinds.chosen);
  const model = buildModel(definition, {
    dialectOf: servers.dialectOf,
    schemas: options.schemas,
    federation: options.federation ?? false,
  });
  const problems = [...servers.problems, ...model.problems, ...model.tables.flatMap(policyProblems)];
  return { definition, servers, model: { ...model, problems } };
}

/** A request that ends before its wait for a scan does would never learn how far the scan is. */
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

async function sharingOf(
  { share, snapshotKey }: GatewayOptions,
  { database }: Catalog,
): Promise<Sharing | undefined> {
  if (!share) return undefined;
  const { leaseMs = 15_000, pollMs = 2_000, logged = false } = share;
  const connection = (await database?.connection()) ?? {};
  const place = share.place ?? new PostgresPlace({ connection, logged });
  const key = snapshotKey === undefined ? undefined : parseSnapshotKey(snapshotKey);
  return { place, key, holder: `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`, leaseMs, pollMs };
}

/** A secret that all gateways on the catalog have, and that its clients do not. */
function cursorSecretOf({ cursorKey, snapshotKey, auth, catalog }: GatewayOptions): string | undefined {
  return (
    cursorKey ??
    snapshotKey ??
    auth?.jwtSecret ??
    ('databaseUrl' in catalog ? catalog.databaseUrl : undefined)
  );
}

function snapshotFilesOf({ snapshotDir, snapshotKey }: GatewayOptions, observe: Observe) {
  const key = snapshotKey === undefined ? undefined : parseSnapshotKey(snapshotKey);
  return snapshotDir === undefined
    ? undefined
    : new SnapshotDirectory({ directory: snapshotDir, key, observe });
}
