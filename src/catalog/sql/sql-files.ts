import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ConfigurationError, codeOf } from '../../errors.ts';
import { restored } from './decode.ts';

/** An SQL file as it is on disk. */
export interface SqlFile {
  /** Its path, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The maximum total size of a catalog's files. Dumps with rows may be larger; dumps of schemas never are. */
const largestCatalog = 256 * 1024 * 1024;

/** Down migrations, which some tools keep next to the others. */
const undoing = /\.down\.sql$|^U\d[\w.]*__/;

/**
 * Reads SQL files in the given order, and those of a folder in the order of their names, with numbers by value.
 *
 * @throws ConfigurationError if one cannot be read, a folder holds none, or they are too large
 */
export async function readSqlFiles(paths: readonly string[]): Promise<readonly SqlFile[]> {
  const names = (await Promise.all(paths.map(filesAt))).flat();
  const sizes = await Promise.all(names.map(async (name) => (await stat(name)).size));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size > largestCatalog) {
    throw new ConfigurationError(
      `--catalog: ${paths.join(', ')} has ${size} bytes, but at most ${largestCatalog} are read; dump only the schema with pg_dump --schema-only`,
    );
  }
  return Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(name).catch(unreadable(name)) })),
  );
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(unreadable(path));
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(unreadable(path));
  const files = entries
    .filter((entry) => entry.isFile() && /\.sql$/i.test(entry.name) && !undoing.test(entry.name))
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));
  if (entries.some(({ name }) => name === 'toc.dat'))
    throw new ConfigurationError(restored('directory', path));
  if (files.length === 0)
    throw new ConfigurationError(`--catalog: the folder ${path} contains no .sql files`);
  const { compare } = new Intl.Collator('en', { numeric: true });
  return files.sort(compare).map((file) => join(path, file));
}

function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    const code = codeOf(cause) ?? 'unknown reason';
    const why = code === 'ENOENT' ? 'there is no such file or folder' : `it cannot be read (${code})`;
    throw new ConfigurationError(`--catalog: ${path}: ${why}`, cause);
  };
}
