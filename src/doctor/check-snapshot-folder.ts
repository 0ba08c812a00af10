import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../errors.ts';
import type { Finding } from '../source/finding.ts';

/** Bytes below which a snapshot of a large pool does not fit: a million users take about 400 MB. */
const littleSpace = 512 * 2 ** 20;

/** Whether snapshots can be kept in the folder, and by whom they could be read. */
export async function checkSnapshotFolder(folder: string, encrypted: boolean): Promise<readonly Finding[]> {
  const check = 'folder';
  const path = JSON.stringify(folder);
  try {
    // A folder that is missing is made with the first snapshot.
    const existing = await nearestFolder(folder);
    const { mode } = await stat(existing);
    const probe = join(existing, `.doctor-${randomUUID()}`);
    await writeFile(probe, '', { mode: 0o600 });
    await rm(probe);
    return [await space(existing), ...(existing === folder ? privacy(folder, mode, encrypted) : [])];
  } catch (error) {
    const code = codeOf(error);
    return [
      {
        check,
        status: 'fail',
        detail: `${path} cannot be written to (${code ?? 'unknown reason'})`,
        fix: `install -d -m 700 -o "$(id -un)" ${path}`,
      },
    ];
  }
}

/** The folder, or its nearest existing ancestor, in which it would be created. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    const parent = dirname(folder);
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error;
    return nearestFolder(parent);
  }
}

async function space(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${(free / 2 ** 30).toFixed(1)} GB free in ${JSON.stringify(folder)}`;
  return free < littleSpace
    ? { check: 'folder', status: 'warn', detail: `only ${detail}`, fix: `df -h ${JSON.stringify(folder)}` }
    : { check: 'folder', status: 'ok', detail };
}

/** Snapshots hold users' data, and what others put there would be served. */
function privacy(folder: string, mode: number, encrypted: boolean): readonly Finding[] {
  const fix = `chmod 700 ${JSON.stringify(folder)}`;
  if (process.getuid && (mode & 0o022) !== 0) {
    return [
      { check: 'folder', status: 'fail', detail: 'other accounts of this machine can write to it', fix },
    ];
  }
  if (encrypted || (mode & 0o077) === 0) return [];
  return [
    {
      check: 'folder',
      status: 'warn',
      detail:
        'other accounts of this machine can look into it, and snapshots are not encrypted (--snapshot-key)',
      fix,
    },
  ];
}
