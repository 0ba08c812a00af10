import type { CatalogDefinition, ServerDefinition } from '../model/definition.ts';
import type { Dialect } from '../model/dialect.ts';
import type { ForeignObject, Reason } from '../model/model.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { OpenServer, SourceKind } from './kind.ts';
import type { Source } from './source.ts';

/** The foreign servers of a catalog. */
export interface Servers {
  /** What the server's definitions mean, or why the server cannot be used. */
  dialectOf(server: string): Result<Dialect, Reason>;
  /** The source of a usable server's object. */
  connect(object: ForeignObject): Source;
}

/** Looks at every server of the catalog, once. */
export async function openServers(
  { servers }: CatalogDefinition,
  kinds: readonly SourceKind[],
): Promise<Servers> {
  const opened = new Map(
    await Promise.all(servers.map(async (server) => [server.name, await openServer(server, kinds)] as const)),
  );
  return {
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
  if (!kind) {
    return failure({
      reason: `there is no source for the foreign-data wrapper ${server.wrapper.name} of its server ${server.name}`,
      hint: 'leave its schema out with --schemas, or use a wrapper that the gateway knows',
    });
  }
  const opened = await kind.open(server);
  return opened.ok
    ? success({ dialect: kind.dialect, connect: (object) => opened.value.connect(object) })
    : opened;
}
