import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';

/** The user's cache folder. A cache is optional, so these functions never fail. */
export const cacheFolder = envPaths('fdw-graphql', { suffix: '' }).cache;

/** Reads a cached file; undefined if there is none, or if another user may have written it. */
export async function readCached(name: string): Promise<Buffer | undefined> {
  try {
    const path = join(cacheFolder, name);
    const { uid, mode } = await stat(path);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? await readFile(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file atomically, if possible. */
export async function writeCached(name: string, bytes: Uint8Array): Promise<void> {
  const unfinished = join(cacheFolder, `${name}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
    await writeFile(unfinished, bytes, { mode: 0o600 });
    await rename(unfinished, join(cacheFolder, name));
  } catch {
    // The next start only takes longer.
  }
}
