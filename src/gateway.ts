import { type AuthenticatorOptions, type Caller, createAuthenticator } from './auth/authenticator.ts';
import { type Catalog, type CatalogLocation, openCatalog } from './catalog/catalog.ts';
import { ScanError } from './errors.ts';
import { maxRowsOf } from './graphql/page-size.ts';
import { RoleSchemas } from './graphql/role-schemas.ts';
import { createCorsPolicy } from './http/cross-origin.ts';
import { acceptedHosts } from './http/exposure.ts';
import { createExpressLane } from './http/express-lane.ts';
import { createGraphiQLPage } from './http/graphiql.ts';
import { createGraphQLEndpoint, type GraphQLEndpoint, graphqlPath } from './http/graphql-endpoint.ts';
import { createListener } from './http/listener.ts';
import { type Address, type ListeningServer, listen } from './http/server.ts';
import { type Limits, resolveLimits } from './limits/limits.ts';
import { loadTrustedDocuments } from './limits/trusted-documents.ts';
import { buildModel } from './model/build.ts';
import type { CatalogDefinition } from './model/definition.ts';
import { findTable, type Model, type Table } from './model/model.ts';
import type { Observe } from './observation.ts';
import { policyProblems, visibilityOf } from './plan/policy.ts';
import { parseSnapshotKey } from './snapshot/file/key.ts';
import { SnapshotDirectory } from './snapshot/file/snapshot-directory.ts';
import { SnapshotStores } from './snapshot/stores.ts';
import type { SourceKind } from './source/kind.ts';
import { createSourceKinds, resolveSourceSettings, type SourceSettings } from './source/kinds.ts';
import { openServers, type Servers } from './source/servers.ts';

/** What the kinds of source can be tuned by; see `sourceSettings` for each and its default. */
export type SourceOptions = { readonly [Name in keyof SourceSettings]?: number | undefined };

/** How a gateway is made. Times are in milliseconds. */
export interface GatewayOptions extends SourceOptions {
  readonly catalog: CatalogLocation;
  /** The schemas to expose; all that hold foreign tables by default. */
  readonly schemas?: readonly string[] | undefined;
  /** How long a snapshot is fresh after its scan began; 60,000 by default. */
  readonly maxAgeMs?: number | undefined;
  /** How long a stale snapshot is served while a scan replaces it; 600,000 by default. */
  readonly staleWhileRevalidateMs?: number | undefined;
  /** How long a query waits for a scan; 30,000 by default. */
  readonly scanTimeoutMs?: number | undefined;
  /** The least time between two scans that `no-cache` requests force; 5,000 by default. */
  readonly minRefreshMs?: number | undefined;
  /** Whether to scan at once, before anybody asks. */
  readonly warm?: boolean | undefined;
  /** A folder that keeps snapshots from one start to the next; none by default. */
  readonly snapshotDir?: string | undefined;
  /** What they are encrypted with: 32 bytes in hexadecimal or base64, or a passphrase. */
  readonly snapshotKey?: string | undefined;
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
  /** Is told everything worth knowing. */
  readonly observe?: Observe | undefined;
}

/** A gateway over the foreign tables of one catalog. */
export interface Gateway {
  readonly model: Model;
  /** Answers fetch requests to GraphQL. */
  readonly fetch: GraphQLEndpoint['fetch'];
  /** Serves GraphQL, GraphiQL and health checks. Its server is closed before the gateway. */
  listen(address: Address): Promise<ListeningServer>;
  /** Ends all scans and frees every connection. */
  close(): Promise<void>;
}

/**
 * Reads a catalog and serves its foreign tables: catalog, model, schema per role; snapshots behind them.
 *
 * @throws ConfigurationError where the catalog cannot be opened, or an option is wrong or contradicts another
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { observe = () => {}, maxAgeMs = 60_000, allowUnauthenticated = false } = options;
  const limits = resolveLimits(options.limits);
  const cors = createCorsPolicy(options.corsOrigins ?? []);
  const trustedDocuments = await trustedDocumentsOf(options);
  const files = snapshotFilesOf(options, observe);
  const catalog = await openCatalog(options.catalog);
  try {
    const { definition, servers, model } = await describeCatalog(catalog, options);
    observe({ event: 'model', tables: model.tables.length, problems: model.problems.length });
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
      scanTimeoutMs: options.scanTimeoutMs ?? 30_000,
      minRefreshMs: options.minRefreshMs ?? 5_000,
      files,
      observe,
    });
    if (options.warm) stores.warm();
    const visibility = ({ role, claims }: Caller) => ({
      visibilityOf: (table: Table) => visibilityOf(findTable(model.tables, table) ?? table, role, claims),
    });
    const common = { schemas, authenticator, limits, maxRows: maxRowsOf(model), maxAgeMs };
    const endpoint = createGraphQLEndpoint({
      ...common,
      cors,
      trustedDocuments,
      introspection,
      explain: options.explain ?? false,
      observe,
      portsFor: (caller, wish) => ({
        ...visibility(caller),
        read: (table, signal) => stores.of(table).read({ ...wish, signal }),
      }),
    });
    // Trusted documents are looked up, and explanations written, by the endpoint alone.
    const expressLane =
      trustedDocuments || options.explain
        ? undefined
        : createExpressLane({
            ...common,
            portsFor: (caller) => ({
              ...visibility(caller),
              read: async (table) => {
                const read = stores.of(table).tryRead();
                if (!read) throw new ScanError('SCAN_IN_PROGRESS', 'no fresh snapshot is at hand');
                return read;
              },
            }),
          });
    const graphiql = introspection ? createGraphiQLPage(graphqlPath, model) : undefined;
    const listener = createListener({ endpoint, expressLane, graphiql });
    const { verifiesTokens } = authenticator;
    return {
      model,
      fetch: endpoint.fetch,
      listen: async (address) => {
        const acceptsHost = acceptedHosts({ host: address.host, verifiesTokens, allowUnauthenticated });
        return listen(address, { limits, listener, acceptsHost });
      },
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

/**
 * What a catalog exposes, and the servers behind it.
 *
 * @param kinds where they outlive one reading of the catalog, and what they remember with them
 */
export async function describeCatalog(
  catalog: Catalog,
  options: Pick<GatewayOptions, 'schemas' | 'federation'> & SourceOptions,
  kinds: readonly SourceKind[] = createSourceKinds(catalog, resolveSourceSettings(options)),
): Promise<{ definition: CatalogDefinition; servers: Servers; model: Model }> {
  const definition = await catalog.readDefinition();
  const servers = await openServers(definition, kinds);
  const model = buildModel(definition, {
    dialectOf: servers.dialectOf,
    schemas: options.schemas,
    federation: options.federation ?? false,
  });
  const problems = [...model.problems, ...model.tables.flatMap(policyProblems)];
  return { definition, servers, model: { ...model, problems } };
}

async function trustedDocumentsOf({ persistedOperations, allowArbitraryOperations = false }: GatewayOptions) {
  if (persistedOperations === undefined) return undefined;
  return { documents: await loadTrustedDocuments(persistedOperations), allowArbitraryOperations };
}

function snapshotFilesOf({ snapshotDir, snapshotKey }: GatewayOptions, observe: Observe) {
  const key = snapshotKey === undefined ? undefined : parseSnapshotKey(snapshotKey);
  return snapshotDir === undefined
    ? undefined
    : new SnapshotDirectory({ directory: snapshotDir, key, observe });
}
