import type { RequestListener } from 'node:http';
import { type AuthenticatorOptions, createAuthenticator } from './auth/authenticator.ts';
import { type Catalog, type CatalogLocation, openCatalog } from './catalog/catalog.ts';
import { RoleSchemas } from './graphql/role-schemas.ts';
import { createGraphiQLPage } from './http/graphiql.ts';
import { createGraphQLEndpoint, type GraphQLEndpoint, graphqlPath } from './http/graphql-endpoint.ts';
import { createListener } from './http/listener.ts';
import { buildModel } from './model/build.ts';
import type { CatalogDefinition } from './model/definition.ts';
import { findTable, type Model } from './model/model.ts';
import type { Observe } from './observation.ts';
import { policyProblems, visibilityOf } from './plan/policy.ts';
import { SnapshotStores } from './snapshot/stores.ts';
import { connectServers, dialects, type Servers } from './source/servers.ts';

/** How a gateway is made. Times are in milliseconds. */
export interface GatewayOptions {
  readonly catalog: CatalogLocation;
  /** The schemas to expose; all that hold foreign tables by default. */
  readonly schemas?: readonly string[];
  /** How long a snapshot is fresh after its scan began; 60,000 by default. */
  readonly maxAgeMs?: number;
  /** How long a stale snapshot is served while a scan replaces it; 600,000 by default. */
  readonly staleWhileRevalidateMs?: number;
  /** How long a query waits for a scan; 30,000 by default. */
  readonly scanTimeoutMs?: number;
  /** Into how many chains a scan is split, a power of 2 up to 256, where the server does not say; 1 by default. */
  readonly parallelScan?: number;
  /** Requests per second to AWS, per credentials and Region; 25 by default. */
  readonly requestsPerSecond?: number;
  /** How callers prove who they are; without it everyone is the role that the catalog is read as. */
  readonly auth?: Omit<AuthenticatorOptions, 'loginRole' | 'roleExists' | 'observe'>;
  /** Whether clients may introspect the schema where no directive says; on unless NODE_ENV is production. */
  readonly introspection?: boolean;
  /** Whether every answer explains its scans in `extensions.scans`. */
  readonly explain?: boolean;
  /** Whether the gateway is a subgraph of Apollo Federation 2; off by default. */
  readonly federation?: boolean;
  /** Is told everything worth knowing. */
  readonly observe?: Observe;
}

/** A gateway over the foreign tables of one catalog. */
export interface Gateway {
  readonly model: Model;
  /** Answers fetch requests to GraphQL. */
  readonly fetch: GraphQLEndpoint['fetch'];
  /** Answers the requests of a `node:http` server: GraphQL, GraphiQL, health. */
  readonly listener: RequestListener;
  /** Ends all scans and frees every connection. */
  close(): Promise<void>;
}

/**
 * Reads a catalog and serves its foreign tables: catalog, model, schema per role; snapshots behind them.
 *
 * @throws ConfigurationError where the catalog cannot be opened or an option contradicts another
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { observe = () => {}, maxAgeMs = 60_000 } = options;
  const catalog = await openCatalog(options.catalog);
  try {
    const { definition, servers, model } = await describeCatalog(catalog, options);
    observe({ event: 'model', tables: model.tables.length, problems: model.problems.length });
    for (const problem of model.problems) observe({ event: 'problem', ...problem });

    const schemas = new RoleSchemas(model, definition.roles, { federation: options.federation ?? false });
    const roleExists = (role: string) => schemas.has(role);
    const { loginRole } = definition;
    const authenticator = createAuthenticator({ ...options.auth, loginRole, roleExists, observe });
    const stores = new SnapshotStores({
      model,
      connect: servers.connect,
      maxAgeMs,
      staleWhileRevalidateMs: options.staleWhileRevalidateMs ?? 600_000,
      scanTimeoutMs: options.scanTimeoutMs ?? 30_000,
      observe,
    });
    const introspection =
      model.introspection ?? options.introspection ?? process.env.NODE_ENV !== 'production';
    const endpoint = createGraphQLEndpoint({
      schemas,
      authenticator,
      introspection,
      explain: options.explain ?? false,
      maxAgeMs,
      observe,
      portsFor: ({ role, claims }, request) => {
        const noCache = /\bno-cache\b/.test(request.headers.get('cache-control') ?? '');
        return {
          read: (table) => stores.of(table).read({ noCache }),
          visibilityOf: (table) => visibilityOf(findTable(model.tables, table) ?? table, role, claims),
        };
      },
    });
    const graphiql = introspection ? createGraphiQLPage(graphqlPath, model) : undefined;
    return {
      model,
      fetch: endpoint.fetch,
      listener: createListener({ endpoint, graphiql }),
      async close() {
        await stores.close();
        await catalog.close();
      },
    };
  } catch (error) {
    await catalog.close();
    throw error;
  }
}

/** What a catalog exposes, and the servers behind it. */
export async function describeCatalog(
  catalog: Catalog,
  options: Pick<GatewayOptions, 'schemas' | 'parallelScan' | 'requestsPerSecond' | 'federation'>,
): Promise<{ definition: CatalogDefinition; servers: Servers; model: Model }> {
  const definition = await catalog.readDefinition();
  const servers = await connectServers(definition, {
    readSecret: catalog.readSecret,
    parallelScan: options.parallelScan ?? 1,
    requestsPerSecond: options.requestsPerSecond ?? 25,
  });
  const { unusable: unusableServers } = servers;
  const model = buildModel(definition, {
    dialects,
    schemas: options.schemas,
    unusableServers,
    federation: options.federation ?? false,
  });
  return {
    definition,
    servers,
    model: { ...model, problems: [...model.problems, ...model.tables.flatMap(policyProblems)] },
  };
}
