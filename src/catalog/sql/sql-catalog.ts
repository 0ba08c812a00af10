import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../errors.ts';
import type { CatalogDefinition, Options } from '../../model/definition.ts';
import type { CatalogDatabase } from '../../source/kind.ts';
import type { Catalog } from '../catalog.ts';
import { parseCatalog } from '../introspection.ts';
import type { SqlLocation } from '../location.ts';
import { findSecret, type StoredSecret } from '../vault.ts';
import { readEvaluated, writeEvaluated } from './cache.ts';
import { decodeScript } from './decode.ts';
import type { EvaluatedScripts } from './embedded-process.ts';
import { openEmbeddedSession } from './embedded-session.ts';
import { evaluateScripts } from './evaluate.ts';
import type { SqlScript, StatementReport } from './loader.ts';
import { readSqlFiles, type SqlFile } from './sql-files.ts';

/** How many failures one message lists. */
const shownAtMost = 5;

/**
 * A catalog that is defined by SQL. It is run in an embedded Postgres, unless the result is cached.
 *
 * @throws ConfigurationError if a file cannot be read, or a statement fails that the catalog needs
 */
export async function openSqlCatalog(location: SqlLocation): Promise<Catalog> {
  const closing = new AbortController();
  let secrets: readonly StoredSecret[] = [];
  const read = async () => {
    const evaluated = await evaluate(await readScripts(location), closing.signal);
    secrets = evaluated.secrets;
    return toDefinition(evaluated, 'sql' in location ? location.serverOptions : undefined);
  };
  let first: CatalogDefinition | undefined = await read();
  return {
    async readDefinition() {
      const definition = first ?? (await read());
      first = undefined;
      return definition;
    },
    database: databaseOf(location),
    async fingerprint() {
      const hash = createHash('sha256');
      for (const { name, bytes } of await readFiles(location))
        hash.update(JSON.stringify(name)).update(bytes);
      return { definition: hash.digest('hex'), secrets: '' };
    },
    readSecret: async (reference) => findSecret(secrets, reference),
    close: async () => closing.abort(new ConfigurationError('the catalog was closed')),
  };
}

/** Reads the rows of its foreign tables; undefined unless the location has files with such rows. */
function databaseOf(location: SqlLocation): CatalogDatabase | undefined {
  if (!('sql' in location) || !location.data) return undefined;
  const files = location.data;
  return {
    name: 'embedded',
    openSession: async (signal) =>
      openEmbeddedSession({ scripts: await readScripts(location), files }, signal),
  };
}

async function readFiles(location: SqlLocation): Promise<readonly SqlFile[]> {
  if ('sql' in location) return [{ name: 'the SQL', bytes: Buffer.from(location.sql) }];
  return readSqlFiles(location.files);
}

async function readScripts(location: SqlLocation): Promise<readonly SqlScript[]> {
  const files = await readFiles(location);
  return Promise.all(files.map(async ({ name, bytes }) => ({ name, text: await decodeScript(bytes, name) })));
}

async function evaluate(scripts: readonly SqlScript[], signal: AbortSignal): Promise<EvaluatedScripts> {
  const kept = await readEvaluated(scripts);
  const evaluated = kept ?? (await evaluateScripts(scripts, signal));
  if (evaluated.failed.length > 0) throw new ConfigurationError(describeFailures(evaluated.failed));
  if (!kept) await writeEvaluated(scripts, evaluated);
  return evaluated;
}

async function toDefinition(
  evaluated: EvaluatedScripts,
  serverOptions: Options = new Map(),
): Promise<CatalogDefinition> {
  const definition = await parseCatalog(evaluated.catalog);
  return {
    ...definition,
    servers: definition.servers.map((server) => ({
      ...server,
      options: new Map([...server.options, ...serverOptions]),
    })),
    skipped: { total: evaluated.skippedTotal, statements: evaluated.skipped },
  };
}

function describeFailures(failed: readonly StatementReport[]): string {
  const shown = failed
    .slice(0, shownAtMost)
    .map(({ file, line, statement, reason }) => `${file}:${line}: ${statement}: ${reason}`);
  const more = failed.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
