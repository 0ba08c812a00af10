import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { History } from './admin/history.ts';
import { describeStatus, type GatewayStatus, notReady } from './admin/status.ts';
import { createStatusRoute } from './admin/status-route.ts';
import { type AuthenticatorOptions, type Caller, createAuthenticator } from './auth/authenticator.ts';
import { type Catalog, type CatalogLocation, openCatalog } from './catalog/catalog.ts';
import { printDuration } from './duration.ts';
import { UsageError } from './errors.ts';
import type { RequestPorts } from './graphql/request-scope.ts';
import { RoleSchemas } from './graphql/role-schemas.ts';
import { createCorsPolicy } from './http/cross-origin.ts';
import { ErrorWriter } from './http/error-writer.ts';
import { Executor } from './http/execute.ts';
import { acceptedHosts } from './http/exposure.ts';
import { createFetchHandler, type FetchHandler, type FetchPlugin } from './http/fetch-handler.ts';
import { createGraphiQLPage } from './http/graphiql/page.ts';
import { type Address, type ListeningServer, listen } from './http/listen.ts';
import { PreparedDocuments } from './http/prepare.ts';
import { createRoad, type ReadWish } from './http/road.ts';
import { createRoutes } from './http/routes.ts';
import { type Limits, limitSettings, type NoCachePolicy, resolveLimits } from './limits/limits.ts';
import { loadTrustedDocuments } from './limits/trusted-documents.ts';
import { buildModel } from './model/build.ts';
import type { CatalogDefinition } from './model/definition.ts';
import type { Model, Table } from './model/model.ts';
import type { Observe } from './observation.ts';
import { policyProblems, visibilityAmong } from './plan/policy.ts';
import { useCursorSecret } from './rows/page/sealed-identity.ts';
import { remembered } from './rows/store/store-cache.ts';
import type { ExchangePlace } from './snapshot/exchange/place.ts';
import { PostgresPlace } from './snapshot/exchange/postgres/postgres-place.ts';
import type { Sharing } from './snapshot/exchange/shared-object.ts';
import { parseSnapshotKey } from './snapshot/file/key.ts';
import { SnapshotDirectory } from './snapshot/file/snapshot-directory.ts';
import { SnapshotStores } from './snapshot/stores.ts';
import { createSourceKinds, type SourceKinds, withChosenTables } from './source/kinds.ts';
import { openServers, type Servers } from './source/servers.ts';
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
  /** Whether clients may introspect the schema where no directive says; on unless NODE_ENV is production. */
  readonly introspection?: boolean | undefined;
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
  readonly model: Model;
  /** Answers fetch requests to GraphQL. */
  readonly fetch: FetchHandler['fetch'];
  /** Serves GraphQL, GraphiQL and health checks. Its server is closed before the gateway. */
  listen(address: Address): Promise<ListeningServer>;
  /** How it is doing. */
  status(): GatewayStatus;
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
  const sharing = sharingOf(options);
  const cursorSecret = cursorSecretOf(options);
  if (cursorSecret !== undefined) useCursorSecret(cursorSecret);
  const catalog = await openCatalog(options.catalog);
  try {
    const { definition, servers, model } = await describeCatalog(catalog, options);
    observe({ event: 'model', tables: model.tables.length, problems: model.problems.length });
    const { skipped } = definition;
    if (skipped?.total) observe({ event: 'statements-skipped', statements: skipped.total });
    for (const problem of model.problems) observe({ event: 'problem', ...problem });

    const schemas = new RoleSchemas(model, definition.roles, { federation: options.federation ?? false });
    const roleExists = (role: string) => schemas.has(role);
    const { loginRole } = definition;
    const authenticator = createAuthenticator({ ...options.auth, loginRole, roleExists, observe });
    const introspection =
      model.introspection ?? options.introspection ?? process.env.NODE_ENV !== 'production';
    const stores = new SnapshotStores({
      model,
      connect: servers.connect,
      maxAgeMs,
      staleWhileRevalidateMs: options.staleWhileRevalidateMs ?? 600_000,
      scanTimeoutMs,
      minRefreshMs: options.minRefreshMs ?? 5_000,
      files,
      sharing,
      observe,
    });
    stores.keepScanned({
      all: options.warm === true || options.refreshMs !== undefined,
      everyMs: options.refreshMs,
    });
    const visibleTo = ({ role, claims }: Caller, table: Table) =>
      visibilityAmong(model.tables, table, role, claims);
    const portsFor = (caller: Caller, { noCache, whileWaiting }: ReadWish): RequestPorts => ({
      visibilityOf: (table: Table) => visibleTo(caller, table),
      async read(table, signal) {
        const store = stores.of(table);
        const atHand = noCache ? undefined : store.tryRead(signal);
        return atHand ?? whileWaiting(() => store.read({ noCache, signal }));
      },
    });
    const errors = new ErrorWriter({ observe, suggestions: introspection });
    const documents = new PreparedDocuments({ limits, introspection, trustedDocuments });
    const executor = new Executor({ suggestions: introspection });
    executor.warm(documents.trusted(schemas.of(options.auth?.anonRole ?? loginRole)));
    const road = createRoad({
      schemas,
      authenticator,
      documents,
      executor,
      portsFor,
      errors,
      observe,
      limits,
      allowNoCache: options.allowNoCache ?? (authenticator.verifiesTokens ? 'authenticated' : 'all'),
      explain: options.explain ?? false,
    });
    let draining = false;
    const readiness = () => ({ model, stores: stores.status(), warm: options.warm ?? false, draining });
    const isReady = () => notReady(readiness()).length === 0;
    const listening = new Set<ListeningServer>();
    const status = (): GatewayStatus =>
      describeStatus({
        version,
        startedAt,
        now: Date.now(),
        roles: definition.roles,
        history,
        requests: {
          active: [...listening].reduce((sum, { active }) => sum + active, 0),
          ...executor.runs,
        },
        remembered: remembered(),
        scanRequestsPerSecond: resolveSourceSettings(options).requestsPerSecond,
        ...readiness(),
      });
    const graphiql = createGraphiQLPage({
      introspection,
      authenticator,
      ports: {
        verifiesTokens: authenticator.verifiesTokens,
        tablesOf: (role) => schemas.of(role).tables,
        seesAll: (caller, table) => visibleTo(caller, table) === 'all',
        glance: (table) => stores.of(table).glance(),
        progress: (table) => stores.of(table).progress(),
      },
    });
    const { adminRoles } = options;
    const statusRoute = adminRoles && createStatusRoute({ authenticator, adminRoles, status, errors });
    const routes = createRoutes({ road, graphiql, statusRoute });
    const { plugins = [] } = options;
    const { verifiesTokens } = authenticator;
    return {
      model,
      fetch: createFetchHandler({ road, graphiql, errors, cors, limits, plugins }).fetch,
      listen: async (address) => {
        const acceptsHost = acceptedHosts({ host: address.host, verifiesTokens, allowUnauthenticated });
        const server = await listen(address, { limits, routes, errors, cors, observe, acceptsHost, isReady });
        listening.add(server);
        return server;
      },
      status,
      refresh(path) {
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
        await stores.close();
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

/**
 * What a catalog exposes, and the servers behind it.
 *
 * @param kinds where they outlive one reading of the catalog, and what they remember with them
 */
export async function describeCatalog(
  catalog: Catalog,
  options: Pick<GatewayOptions, 'schemas' | 'sources' | 'federation'> & SourceOptions,
  kinds: SourceKinds = createSourceKinds(catalog, resolveSourceSettings(options), options.sources ?? 'all'),
): Promise<{ definition: CatalogDefinition; servers: Servers; model: Model }> {
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

function sharingOf({ share, catalog, snapshotKey }: GatewayOptions): Sharing | undefined {
  if (!share) return undefined;
  const { leaseMs = 15_000, pollMs = 2_000, logged = false } = share;
  if (!share.place && !('databaseUrl' in catalog)) {
    throw new UsageError(
      '--share needs a Postgres that all gateways reach: give --database-url, not --catalog',
    );
  }
  const place =
    share.place ??
    new PostgresPlace({ databaseUrl: 'databaseUrl' in catalog ? catalog.databaseUrl : '', logged });
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
