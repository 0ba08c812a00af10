import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { History } from './admin/history.ts';
import { describeStatus, type GatewayStatus, notReady } from './admin/status.ts';
import { createStatusRoute } from './admin/status-route.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { openCatalog } from './catalog/open-catalog.ts';
import { whenAvailable } from './catalog/patience.ts';
import { systemClock } from './clock.ts';
import { type CatalogReading, describeCatalog, rolesOf } from './gateway/catalog-reading.ts';
import { FollowedCatalog } from './gateway/followed-catalog.ts';
import type { GenerationParts } from './gateway/generation.ts';
import type { GatewayOptions } from './gateway/options.ts';
import { resolveOptions, sharingOf } from './gateway/settings.ts';
import { ErrorWriter } from './http/error-writer.ts';
import type { FetchHandler } from './http/fetch.ts';
import { createFetchHandler } from './http/fetch-handler.ts';
import { createGraphiQLPage } from './http/graphiql/page.ts';
import type { Road } from './http/road.ts';
import { createRoutes } from './http/routes.ts';
import { acceptedHosts } from './http/server/exposure.ts';
import { listen } from './http/server/listen.ts';
import type { Address, ListeningServer } from './http/server/listening-server.ts';
import { createNodeServer } from './http/server/node-server.ts';
import type { Model } from './model/model.ts';
import type { Observe } from './observation.ts';
import { useCursorSecret } from './rows/page/sealed-identity.ts';
import { remembered } from './rows/store/store-cache.ts';
import type { Sharing } from './snapshot/exchange/shared-object.ts';
import { createSourceKinds } from './source/kinds.ts';

export type { GatewayOptions } from './gateway/options.ts';

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
 * @throws ConfigurationError where the catalog cannot be opened, or an option is wrong
 * @throws UsageError where an option contradicts another
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const startedAt = Date.now();
  const history = new History();
  const observe: Observe = (observation) => {
    history.observe(observation);
    options.observe?.(observation);
  };
  const settings = await resolveOptions(options, observe);
  const { limits, cors, cursorSecret } = settings;
  if (cursorSecret !== undefined) useCursorSecret(cursorSecret);
  const runs = { compiled: 0, interpreted: 0 };
  const partsFor = (first: CatalogReading, sharing: Sharing | undefined): GenerationParts => {
    const authenticator = createAuthenticator({ ...options.auth, ...rolesOf(first), observe });
    return {
      authenticator,
      anonRole: options.auth?.anonRole,
      federation: options.federation ?? false,
      introspection: options.introspection ?? process.env.NODE_ENV !== 'production',
      limits,
      trustedDocuments: settings.trustedDocuments,
      automaticPersistedQueries: options.automaticPersistedQueries ?? true,
      strictNulls: options.strictNulls ?? false,
      allowNoCache: options.allowNoCache ?? (authenticator.verifiesTokens ? 'authenticated' : 'all'),
      explain: options.explain ?? false,
      stores: { ...settings.stores, sharing },
      keepScanned: {
        all: options.warm === true || options.refreshMs !== undefined,
        everyMs: options.refreshMs,
      },
      runs,
      observe,
    };
  };

  const patience = { clock: systemClock, observe, signal: options.waiting ?? AbortSignal.abort() };
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (let part = opened.pop(); part; part = opened.pop()) await part.close();
  };
  const open = async () => {
    const catalog = await whenAvailable(() => openCatalog(options.catalog), patience);
    opened.push(catalog);
    const sharing = await whenAvailable(() => sharingOf(options, catalog), patience);
    if (sharing) opened.push(sharing.place);
    const kinds = createSourceKinds(catalog, settings.sources, options.sources ?? 'all');
    const followed = await FollowedCatalog.open({
      catalog,
      read: () => describeCatalog(catalog, options, kinds),
      partsFor: (first) => partsFor(first, sharing),
      intervalMs: options.reloadIntervalMs ?? 5_000,
      patience,
      observe,
    });
    opened.push(followed);
    return followed;
  };
  const followed = await open().catch(async (error: unknown) => {
    await close();
    throw error;
  });

  let draining = false;
  const answering = new Set<{ readonly active: number }>();
  const readiness = () => ({
    model: followed.current.model,
    stores: followed.current.stores.status(),
    warm: options.warm ?? false,
    draining,
  });
  const isReady = () => notReady(readiness()).length === 0;
  const status = (): GatewayStatus =>
    describeStatus({
      version,
      startedAt,
      now: Date.now(),
      roles: followed.current.definition.roles,
      reloadFailure: followed.failure,
      history,
      requests: { active: [...answering].reduce((sum, { active }) => sum + active, 0), ...runs },
      remembered: { ...remembered(), answers: followed.current.answers.size },
      scanRequestsPerSecond: settings.sources.requestsPerSecond,
      ...readiness(),
    });

  const errors = new ErrorWriter({ observe, suggestions: false });
  const { verifiesTokens } = followed.current.authenticator;
  const identify = {
    authenticate: (authorization: string | null) =>
      followed.current.authenticator.authenticate(authorization),
  };
  const road: Road = (request) => followed.lend((generation) => generation.road(request));
  const graphiql = createGraphiQLPage({
    introspection: () => followed.current.introspection,
    authenticator: identify,
    ports: {
      verifiesTokens,
      tablesOf: (role) => followed.current.schemas.of(role).tables,
      seesAll: (caller, table) => followed.current.visibleTo(caller, table) === 'all',
      glance: (table) => followed.current.stores.of(table).glance(),
      progress: (table) => followed.current.stores.of(table).progress(),
    },
  });
  const { adminRoles, plugins = [], allowUnauthenticated = false } = options;
  const statusRoute =
    adminRoles && createStatusRoute({ authenticator: identify, adminRoles, status, errors });
  const routes = createRoutes({ road, graphiql, statusRoute });
  const serverOptions = { limits, routes, errors, cors, observe, isReady };
  const embedded = createNodeServer({ ...serverOptions, acceptsHost: () => true });
  answering.add(embedded);
  return {
    get model() {
      return followed.current.model;
    },
    fetch: createFetchHandler({ road, graphiql, errors, cors, limits, plugins }),
    listener(request, response) {
      embedded.server.emit('request', request, response);
    },
    async listen(address) {
      const acceptsHost = acceptedHosts({ host: address.host, verifiesTokens, allowUnauthenticated });
      const server = await listen(address, { ...serverOptions, acceptsHost });
      answering.add(server);
      return server;
    },
    status,
    reload: () => followed.reload(),
    refresh(path) {
      const { model, stores } = followed.current;
      const tables = model.tables.filter(
        ({ schema, name }) => (path ?? `${schema}.${name}`) === `${schema}.${name}`,
      );
      for (const store of new Set(tables.map((table) => stores.of(table)))) store.refresh();
      return tables.length > 0;
    },
    drain() {
      draining = true;
    },
    close,
  };
}
