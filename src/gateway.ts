import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { History } from './admin/history.ts';
import { describeStatus, type GatewayStatus, notReady, requestsStatus } from './admin/status.ts';
import { createStatusRoute } from './admin/status-route.ts';
import { followCatalog } from './gateway/follow-catalog.ts';
import type { FollowedCatalog } from './gateway/followed-catalog.ts';
import { HttpServers } from './gateway/http-servers.ts';
import type { GatewayOptions } from './gateway/options.ts';
import { type GatewaySettings, resolveOptions } from './gateway/settings.ts';
import { ErrorWriter } from './http/error-writer.ts';
import type { FetchHandler } from './http/fetch.ts';
import { createFetchHandler } from './http/fetch-handler.ts';
import { createGraphiQLPage, type GraphiQLOptions } from './http/graphiql/page.ts';
import type { Pipeline } from './http/pipeline.ts';
import { createRoutes } from './http/routes.ts';
import { newRuns } from './http/runs.ts';
import { Compressor } from './http/server/content-encoding.ts';
import type { Address, ListeningServer } from './http/server/listening-server.ts';
import type { Model } from './model/model.ts';
import type { Observe } from './observation.ts';
import { rememberedExpressions } from './rows/filter/regex.ts';
import { remembered } from './rows/store/store-cache.ts';
import { ScanPlaces } from './source/sql/scan-places.ts';

export type { GatewayOptions } from './gateway/options.ts';

/** A gateway over the foreign tables of one catalog. */
export interface Gateway {
  /** What the catalog exposes now. */
  readonly model: Model;
  /** Answers GraphQL requests in fetch's terms. */
  readonly fetch: FetchHandler;
  /** The same for your own `node:http` server, which has to check `Host` headers itself; the path is `/graphql`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Serves GraphQL, GraphiQL and health checks. Close the server before the gateway. */
  listen(address: Address): Promise<ListeningServer>;
  /** The current status. */
  status(): GatewayStatus;
  /**
   * Reads the catalog again. Requests in flight finish with the previous one.
   *
   * @throws ConfigurationError if it cannot be read; the previous one then remains in effect
   */
  reload(): Promise<void>;
  /**
   * Scans the object behind a table again, or every object.
   *
   * @param table as `schema.table`
   * @returns whether there is such a table
   */
  refresh(table?: string): boolean;
  /** Marks the gateway as stopping: it is no longer ready, but still answers. */
  drain(): void;
  /** Ends all scans and closes every connection. */
  close(): Promise<void>;
}

/** A gateway that has not read its catalog yet. */
export interface StartingGateway {
  /** Like `listen` of the gateway; until the catalog has been read, GraphQL requests are told to retry. */
  listen(address: Address): Promise<ListeningServer>;
  /**
   * Reads the catalog. Servers that already listen serve it from then on.
   *
   * @throws ConfigurationError if the catalog cannot be read, or an option contradicts it
   */
  open(): Promise<Gateway>;
}

const { version } = createRequire(import.meta.url)('../package.json');

/**
 * Reads a catalog and serves its foreign tables: catalog, model, schema per role; snapshots behind them.
 *
 * @throws ConfigurationError if the catalog cannot be opened, or an option is wrong
 * @throws UsageError if an option contradicts another
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const starting = await startGateway(options);
  return starting.open();
}

/**
 * The same in two steps, to listen at once however long reading the catalog takes.
 *
 * @throws ConfigurationError if an option is wrong
 * @throws UsageError if an option contradicts another
 */
export async function startGateway(options: GatewayOptions): Promise<StartingGateway> {
  const history = new History();
  const observe: Observe = (observation) => {
    history.observe(observation);
    options.observe?.(observation);
  };
  const settings = await resolveOptions(options, observe);
  const httpServers = new HttpServers({
    limits: settings.limits,
    cors: settings.cors,
    observe,
    verifiesTokens: settings.authentication.verifiesTokens,
    allowUnauthenticated: options.allowUnauthenticated ?? false,
  });
  const startedAt = Date.now();
  return {
    listen: (address) => httpServers.listen(address),
    open: () => openGateway(options, { settings, httpServers, history, observe, startedAt }),
  };
}

/** The parts of a gateway that exist before its catalog. */
interface Beginnings {
  readonly settings: GatewaySettings;
  readonly httpServers: HttpServers;
  readonly history: History;
  readonly observe: Observe;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

async function openGateway(
  options: GatewayOptions,
  { settings, httpServers, history, observe, startedAt }: Beginnings,
): Promise<Gateway> {
  const { limits, cors } = settings;
  const runs = newRuns();
  const compressor = new Compressor();
  const scanPlaces = new ScanPlaces(settings.sources.scanConnections);
  const { followed, close } = await followCatalog(options, { settings, scanPlaces, runs, observe });

  let draining = false;
  const readiness = () => ({
    model: followed.current.model,
    stores: followed.current.stores.status(),
    warm: options.warm ?? false,
    draining,
  });
  const status = (): GatewayStatus =>
    describeStatus({
      version,
      startedAt,
      now: Date.now(),
      roles: followed.current.definition.roles,
      reloadFailure: followed.failure,
      history,
      requests: requestsStatus(httpServers.active, runs),
      remembered: {
        ...remembered(),
        expressions: rememberedExpressions(),
        ...followed.current.remembered(),
        compressed: compressor.size,
      },
      scanRequestsPerSecond: settings.sources.requestsPerSecond,
      scanConnections: scanPlaces.usage,
      ...readiness(),
    });

  const errors = new ErrorWriter({ observe, suggestions: false });
  const identify = {
    authenticate: (authorization: string | null) =>
      followed.current.authenticator.authenticate(authorization),
  };
  const pipeline: Pipeline = (request) => followed.lend((generation) => generation.pipeline(request));
  const graphiql = createGraphiQLPage(graphiqlOptions(followed, identify, settings));
  const { adminRoles, plugins = [] } = options;
  const statusRoute =
    adminRoles && createStatusRoute({ authenticator: identify, adminRoles, status, errors });
  const routes = createRoutes({ pipeline, graphiql, compressor, statusRoute });
  httpServers.open({ routes, isReady: () => notReady(readiness()).length === 0 });
  const embedded = httpServers.embed();
  return {
    get model() {
      return followed.current.model;
    },
    fetch: createFetchHandler({ pipeline, graphiql, errors, cors, limits, compressor, plugins }),
    listener(request, response) {
      embedded.emit('request', request, response);
    },
    listen: (address) => httpServers.listen(address),
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

/** GraphiQL shows what the current generation exposes to a role, and how its scans progress. */
function graphiqlOptions(
  followed: FollowedCatalog,
  authenticator: GraphiQLOptions['authenticator'],
  { authentication }: GatewaySettings,
): GraphiQLOptions {
  return {
    introspection: () => followed.current.introspection,
    authenticator,
    ports: {
      verifiesTokens: authentication.verifiesTokens,
      tablesOf: (role) => followed.current.schemas.of(role).tables,
      seesAll: (caller, table) => followed.current.visibleTo(caller, table) === 'all',
      glance: (table) => followed.current.stores.of(table).glance(),
      progress: (table) => followed.current.stores.of(table).progress(),
    },
  };
}
