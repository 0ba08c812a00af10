import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import { codeOf } from '../../errors.ts';
import { UnusableFile } from './unusable-file.ts';

/** Does not follow links, and does not wait for pipes. Windows has neither flag. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file that nobody else can have written.
 *
 * @returns undefined if there is no such file
 * @throws UnusableFile if it is not a regular file, or others can write to it
 */
export async function openTrusted(path: string): Promise<FileHandle | undefined> {
  // Opening some devices has effects. If the file is replaced now, that is detected below.
  const found = await lstat(path).catch(ignoreMissing);
  if (!found) return undefined;
  if (!found.isFile()) throw new UnusableFile('is not a regular file');
  const file = await open(path, openFlags);
  try {
    const opened = await file.stat();
    if (!opened.isFile()) throw new UnusableFile('is not a regular file');
    assertTrusted(path, opened);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Makes sure that nobody else can put files into a directory.
 *
 * @returns false if there is no such directory
 * @throws UnusableFile if it is not a directory, or others can write to it
 */
export async function assertTrustedDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(ignoreMissing);
  if (!found) return false;
  if (!found.isDirectory()) throw new UnusableFile('is not a directory');
  assertTrusted(path, found);
  return true;
}

const writableByOthers = 0o022;
const permissionBits = 0o7777;

/** Root may own it, since root can write everything anyway. Windows has no such users and modes. */
function assertTrusted(path: string, { uid, mode }: Stats): void {
  const self = process.getuid?.();
  if (self === undefined) return;
  if (uid !== self && uid !== 0) {
    throw new UnusableFile(
      `belongs to user ${uid}, but the gateway runs as user ${self}; remove it, or run chown ${self} ${JSON.stringify(path)}`,
    );
  }
  if ((mode & writableByOthers) !== 0) {
    throw new UnusableFile(
      `can be written by others (mode ${(mode & permissionBits).toString(8).padStart(4, '0')}); run chmod go-w ${JSON.stringify(path)}`,
    );
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}
