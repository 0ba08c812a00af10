import { readFile } from 'node:fs/promises';
import { type Extensions, PGlite } from '@electric-sql/pglite';
import { readCatalogText } from '../introspection.ts';
import type { StoredSecret } from '../vault.ts';
import { readCached, writeCached } from './cache-folder.ts';
import { type LoadReport, ScriptLoader, type SqlScript } from './loader.ts';
import { loadParser } from './statement.ts';

/**
 * The program of a process of its own: an embedded Postgres that lives for as long as scripts run in it and their
 * catalog is read. Its hundreds of megabytes end with the process.
 */

/** What the process says to its parent. */
export type EmbeddedMessage =
  | { readonly running: { readonly file: string; readonly line: number } }
  | { readonly evaluated: EvaluatedScripts }
  | { readonly failed: string };

/** What scripts define, and what became of their statements. Plain values, for files and other processes. */
export interface EvaluatedScripts extends LoadReport {
  /** The row that the introspection returns, as JSON. */
  readonly catalog: string;
  readonly secrets: readonly StoredSecret[];
}

/** Extensions that the embedded Postgres brings, of which foreign tables may have types and defaults. */
const extensions = {
  citext: async () => (await import('@electric-sql/pglite/contrib/citext')).citext,
  hstore: async () => (await import('@electric-sql/pglite/contrib/hstore')).hstore,
  ltree: async () => (await import('@electric-sql/pglite/contrib/ltree')).ltree,
  pgcrypto: async () => (await import('@electric-sql/pglite/contrib/pgcrypto')).pgcrypto,
  'uuid-ossp': async () => (await import('@electric-sql/pglite/contrib/uuid_ossp')).uuid_ossp,
} as const;

process.once('message', (scripts: readonly SqlScript[]) => {
  evaluate(scripts).then(
    (evaluated) => send({ evaluated }, () => process.exit(0)),
    (error: unknown) =>
      send({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1)),
  );
});
// Whoever started this process is gone.
process.once('disconnect', () => process.exit(1));

async function evaluate(scripts: readonly SqlScript[]): Promise<EvaluatedScripts> {
  await loadParser();
  const database = await createDatabase(await extensionsNamedIn(scripts));
  const loader = new ScriptLoader(database, (file, line) => send({ running: { file, line } }));
  for (const script of scripts) await loader.load(script);
  return {
    ...loader.report(),
    catalog: await readCatalogText(database),
    secrets: await readSecrets(database),
  };
}

/** Making a database anew takes seconds, so an empty one is kept in the user's cache folder. */
async function createDatabase(extensions: Extensions): Promise<PGlite> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  const name = `pglite-${version}.tar`;
  const kept = await readCached(name);
  if (kept) {
    try {
      return await PGlite.create({ extensions, loadDataDir: new Blob([new Uint8Array(kept)]) });
    } catch {
      // It is not whole, and is made again.
    }
  }
  const database = await PGlite.create({ extensions });
  const made = await database.dumpDataDir('none');
  await writeCached(name, new Uint8Array(await made.arrayBuffer()));
  return database;
}

/** Each of them takes time to load, so only those that may be asked for are. */
async function extensionsNamedIn(scripts: readonly SqlScript[]): Promise<Extensions> {
  const named: Extensions = {};
  for (const [name, load] of Object.entries(extensions)) {
    if (scripts.some(({ text }) => text.includes(name))) named[name.replace('-', '_')] = await load();
  }
  return named;
}

async function readSecrets(database: PGlite): Promise<readonly StoredSecret[]> {
  const { rows } = await database
    .query<{ secret: StoredSecret }>('select to_json(s) as secret from vault.decrypted_secrets s')
    .catch(() => ({ rows: [] }));
  return rows.map(({ secret: { id, key_id, name, decrypted_secret } }) => ({
    id,
    key_id,
    name,
    decrypted_secret,
  }));
}

function send(message: EmbeddedMessage, sent: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, sent);
}
