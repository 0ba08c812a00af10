import { readFile } from 'node:fs/promises';
import { type Extensions, PGlite } from '@electric-sql/pglite';
import { readCached, writeCached } from './cache-folder.ts';
import type { SqlScript } from './loader.ts';

/** Extensions that the embedded Postgres brings, of which foreign tables may have types and defaults. */
const extensions = {
  citext: async () => (await import('@electric-sql/pglite/contrib/citext')).citext,
  hstore: async () => (await import('@electric-sql/pglite/contrib/hstore')).hstore,
  ltree: async () => (await import('@electric-sql/pglite/contrib/ltree')).ltree,
  pgcrypto: async () => (await import('@electric-sql/pglite/contrib/pgcrypto')).pgcrypto,
  'uuid-ossp': async () => (await import('@electric-sql/pglite/contrib/uuid_ossp')).uuid_ossp,
} as const;

/** Creating a database takes seconds, so an empty one is kept in the user's cache folder. */
export async function createDatabase(extensions: Extensions): Promise<PGlite> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  const name = `pglite-${version}.tar`;
  const kept = await readCached(name);
  if (kept) {
    try {
      return await PGlite.create({ extensions, loadDataDir: new Blob([new Uint8Array(kept)]) });
    } catch {
      // It is incomplete, and is created again.
    }
  }
  const database = await PGlite.create({ extensions });
  const made = await database.dumpDataDir('none');
  await writeCached(name, new Uint8Array(await made.arrayBuffer()));
  return database;
}

/** The extensions that the scripts may create: only these are loaded, because each takes time. */
export async function extensionsNamedIn(scripts: readonly SqlScript[]): Promise<Extensions> {
  const named: Extensions = {};
  for (const [name, load] of Object.entries(extensions)) {
    if (scripts.some(({ text }) => text.includes(name))) named[name.replace('-', '_')] = await load();
  }
  return named;
}
