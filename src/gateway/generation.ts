import type { Authentication, Authenticator, Caller } from '../auth/authenticator.ts';
import type { CacheSize } from '../cache-size.ts';
import type { RequestPorts } from '../graphql/request-scope.ts';
import { RoleSchemas } from '../graphql/role-schemas.ts';
import { ErrorWriter } from '../http/error-writer.ts';
import { Executor } from '../http/execute.ts';
import { createPipeline, type Pipeline, type ReadWish } from '../http/pipeline.ts';
import { PreparedDocuments } from '../http/prepare.ts';
import { Receiver } from '../http/request/receive.ts';
import type { Runs } from '../http/runs.ts';
import type { Limits, NoCachePolicy } from '../limits/limits.ts';
import type { TrustedDocumentsOptions } from '../limits/trusted-documents.ts';
import type { CatalogDefinition } from '../model/definition.ts';
import { withoutColumns } from '../model/grants.ts';
import type { Model, Table } from '../model/model.ts';
import type { Observe } from '../observation.ts';
import { type Visibility, visibilityAmong } from '../plan/policy.ts';
import type { CursorSeal } from '../rows/page/cursor-seal.ts';
import type { SnapshotRead } from '../snapshot/snapshot-read.ts';
import { SnapshotStores, type StoresOptions } from '../snapshot/stores.ts';
import { inSpan } from '../tracing.ts';
import type { CatalogReading } from './catalog-reading.ts';

/** What is cached for requests. */
type RequestCacheKind = 'requests' | 'documents' | 'persistedQueries' | 'plans' | 'answers' | 'tokens';

/**
 * The catalog at one time, with everything that is derived from it or cached for it. It is immutable: a request finishes with
 * the generation it started with, and nothing that a later one withdraws can be reached through that one.
 */
export interface Generation {
  readonly definition: CatalogDefinition;
  readonly model: Model;
  readonly schemas: RoleSchemas;
  readonly authenticator: Authenticator;
  /** Whether clients may introspect the schema. */
  readonly introspection: boolean;
  readonly stores: SnapshotStores;
  /** Whether columns are withheld until a scan has fetched their attributes. */
  readonly isPartial: boolean;
  readonly pipeline: Pipeline;
  /** What is remembered of requests, by kind. */
  remembered(): Readonly<Record<RequestCacheKind, CacheSize>>;
  /** The rows of a table that the caller sees. */
  visibleTo(caller: Caller, table: Table): Visibility;
}

/** The parts that all generations share. */
export interface GenerationParts {
  readonly authentication: Authentication;
  readonly anonRole: string | undefined;
  readonly federation: boolean;
  /** Whether clients may introspect the schema, unless a directive decides. */
  readonly introspection: boolean;
  readonly limits: Limits;
  /** Seals the identities of rows in cursors. */
  readonly seal: CursorSeal;
  readonly trustedDocuments: TrustedDocumentsOptions | undefined;
  readonly automaticPersistedQueries: boolean;
  readonly strictNulls: boolean;
  readonly allowNoCache: NoCachePolicy;
  readonly explain: boolean;
  readonly stores: Omit<StoresOptions, 'model' | 'connect' | 'previous'>;
  readonly keepScanned: Parameters<SnapshotStores['keepScanned']>[0];
  readonly runs: Runs;
  readonly observe: Observe;
}

/** @param previous the generation it replaces, whose snapshots of unchanged objects are kept */
export function createGeneration(
  { definition, servers, model }: CatalogReading,
  parts: GenerationParts,
  previous: Generation | undefined,
): Generation {
  const { limits, observe, seal } = parts;
  const stores = new SnapshotStores({
    ...parts.stores,
    model,
    connect: servers.connect,
    previous: previous?.stores,
  });
  stores.keepScanned(parts.keepScanned);
  const lacking = stores.lacking();
  const schemas = new RoleSchemas(model, withoutColumns(definition.roles, lacking), {
    federation: parts.federation,
    strictNulls: parts.strictNulls,
  });
  const { loginRole } = definition;
  const authenticator = parts.authentication.withRoles({
    loginRole,
    roleExists: (role) => schemas.has(role),
  });
  const introspection = model.introspection ?? parts.introspection;
  const visibleTo = ({ role, claims }: Caller, table: Table) =>
    visibilityAmong(model.tables, table, role, claims);
  const shared = { visibleTo, seal, stores };
  const portsFor = (caller: Caller, wish: ReadWish) => new CallerPorts(shared, caller, wish);
  const documents = new PreparedDocuments({
    limits,
    introspection,
    trustedDocuments: parts.trustedDocuments,
    automaticPersistedQueries: parts.automaticPersistedQueries,
  });
  const executor = new Executor({ suggestions: introspection, runs: parts.runs, observe });
  executor.warm(documents.trusted(schemas.of(parts.anonRole ?? loginRole)));
  const receiver = new Receiver();
  const pipeline = createPipeline({
    schemas,
    authenticator,
    receiver,
    documents,
    executor,
    portsFor,
    errors: new ErrorWriter({ observe, suggestions: introspection }),
    observe,
    limits,
    allowNoCache: parts.allowNoCache,
    explain: parts.explain,
  });
  return {
    definition,
    model,
    schemas,
    authenticator,
    introspection,
    stores,
    isPartial: lacking.length > 0,
    pipeline,
    remembered: () => ({
      requests: receiver.size,
      documents: documents.size,
      persistedQueries: documents.persistedSize,
      plans: executor.size,
      answers: executor.answers.size,
      tokens: parts.authentication.remembered,
    }),
    visibleTo,
  };
}

/** What all requests of a generation share. */
interface SharedPorts extends Pick<Generation, 'visibleTo' | 'stores'> {
  readonly seal: CursorSeal;
}

/** What a caller's request reads, and sees of it. */
class CallerPorts implements RequestPorts {
  readonly seal: CursorSeal;
  readonly #shared: SharedPorts;
  readonly #caller: Caller;
  readonly #wish: ReadWish;

  constructor(shared: SharedPorts, caller: Caller, wish: ReadWish) {
    this.seal = shared.seal;
    this.#shared = shared;
    this.#caller = caller;
    this.#wish = wish;
  }

  visibilityOf(table: Table): Visibility {
    return this.#shared.visibleTo(this.#caller, table);
  }

  tryRead(table: Table): SnapshotRead | undefined {
    return this.#wish.noCache ? undefined : this.#shared.stores.of(table).tryRead();
  }

  read(table: Table, signal: AbortSignal): Promise<SnapshotRead> {
    const { noCache, place } = this.#wish;
    const { server, object } = table;
    const store = this.#shared.stores.of(table);
    const wait = { name: 'wait for snapshot', attributes: { server, object } };
    return inSpan(wait, () => place.whileWaiting(() => store.read({ noCache, signal })));
  }
}
