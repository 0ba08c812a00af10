import type { CatalogDefinition, ServerDefinition } from '../model/definition.ts';
import { type Dialect, misspeltOptions } from '../model/dialect.ts';
import type { ForeignObject, Problem, Reason } from '../model/model.ts';
import { failure, type Result, success } from '../model/result.ts';
import { nearestSpelling } from '../model/spelling.ts';
import type { OpenServer, SourceKind } from './kind.ts';
import type { Source } from './source.ts';

/** The foreign servers of a catalog. */
export interface Servers {
  /** The problems of the servers' own definitions. */
  readonly problems: readonly Problem[];
  /** The dialect of a server's definitions, or why it cannot be used. */
  dialectOf(server: string): Result<Dialect, Reason>;
  /** The source of a usable server's object. */
  connect(object: ForeignObject): Source;
}

/** Checks every server of the catalog once. */
export async function openServers(
  { servers }: CatalogDefinition,
  kinds: readonly SourceKind[],
): Promise<Servers> {
  const opened = new Map(
    await Promise.all(servers.map(async (server) => [server.name, await openServer(server, kinds)] as const)),
  );
  return {
    problems: servers.flatMap((server) => {
      const kind = kinds.find((candidate) => candidate.recognises(server));
      return kind ? misspeltOptions(`server ${server.name}`, server.options, kind.serverOptions) : [];
    }),
    dialectOf(name) {
      const server = opened.get(name);
      if (!server) throw new Error(`the catalog does not define the server ${name} of one of its tables`);
      return server.ok ? success(server.value.dialect) : server;
    },
    connect(object) {
      const server = opened.get(object.server);
      if (!server?.ok)
        throw new Error(`the server ${object.server} of a table that is exposed cannot be used`);
      return server.value.connect(object);
    },
  };
}

async function openServer(
  server: ServerDefinition,
  kinds: readonly SourceKind[],
): Promise<Result<OpenServer & { readonly dialect: Dialect }, Reason>> {
  const kind = kinds.find((candidate) => candidate.recognises(server));
  if (!kind) return failure(unknownWrapper(server, kinds));
  const opened = await kind.open(server);
  return opened.ok
    ? success({ dialect: kind.dialect, connect: (object) => opened.value.connect(object) })
    : opened;
}

function unknownWrapper({ name, wrapper }: ServerDefinition, kinds: readonly SourceKind[]): Reason {
  const known = kinds.flatMap(({ wrapperNames }) => wrapperNames);
  const meant = nearestSpelling(wrapper.name, known);
  return {
    reason: `the foreign-data wrapper ${wrapper.name} of its server ${name} is not supported`,
    hint:
      meant === undefined
        ? `leave its schema out with --schemas, or use a wrapper that is supported: ${known.join(', ')}`
        : `did you mean ${meant}?`,
  };
}
