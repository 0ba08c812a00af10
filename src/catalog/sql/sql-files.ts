import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ConfigurationError } from '../../errors.ts';

/** A file of SQL as it is on disk. */
export interface SqlFile {
  /** Its path, as messages name it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes that the files of a catalog may have together. Dumps of rows are larger; dumps of schemas never are. */
const largestCatalog = 256 * 1024 * 1024;

/** Files of a folder that undo what others do; tools for migrations keep them side by side. */
const undoing = /\.down\.sql$|^U\d[\w.]*__/;

/**
 * Reads files of SQL in the order given, and those of a folder in the order of their names, numbers by their value.
 *
 * @throws ConfigurationError if one cannot be read, a folder holds none, or they are too large
 */
export async function readSqlFiles(paths: readonly string[]): Promise<readonly SqlFile[]> {
  const names = (await Promise.all(paths.map(filesAt))).flat();
  const sizes = await Promise.all(names.map(async (name) => (await stat(name)).size));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size > largestCatalog) {
    throw new ConfigurationError(
      `--catalog: ${paths.join(', ')} has ${size} bytes, and at most ${largestCatalog} are read; dump the schema alone with pg_dump --schema-only`,
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
  if (files.length === 0) throw new ConfigurationError(`--catalog: the folder ${path} holds no .sql files`);
  const { compare } = new Intl.Collator('en', { numeric: true });
  return files.sort(compare).map((file) => join(path, file));
}

function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file or folder' : `it cannot be read (${String(code)})`;
    throw new ConfigurationError(`--catalog: ${path}: ${why}`, cause);
  };
}
