import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../source/finding.ts';

/** Bytes below which a snapshot of a large pool does not fit: a million users take about 400 MB. */
const littleSpace = 512 * 2 ** 20;

/** Whether snapshots can be kept in the folder, and by whom they could be read. */
export async function checkSnapshotFolder(folder: string, encrypted: boolean): Promise<readonly Finding[]> {
  const check = 'folder';
  const path = JSON.stringify(folder);
  const probe = join(folder, `.doctor-${randomUUID()}`);
  try {
    const { mode } = await stat(folder);
    await writeFile(probe, '', { mode: 0o600 });
    await rm(probe);
    return [await space(folder), ...privacy(folder, mode, encrypted)];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return [
      {
        check,
        status: 'fail',
        detail: `${path} cannot be written to (${typeof code === 'string' ? code : 'unknown reason'})`,
        fix: `install -d -m 700 -o "$(id -un)" ${path}`,
      },
    ];
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

/** Snapshots hold users' data. */
function privacy(folder: string, mode: number, encrypted: boolean): readonly Finding[] {
  if (encrypted || (mode & 0o077) === 0) return [];
  return [
    {
      check: 'folder',
      status: 'warn',
      detail:
        'other accounts of this machine can look into it, and snapshots are not encrypted (--snapshot-key)',
      fix: `chmod 700 ${JSON.stringify(folder)}`,
    },
  ];
}
