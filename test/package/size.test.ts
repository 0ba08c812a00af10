import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a file takes of most disks. */
const blockBytes = 4096;

/** The bytes that a folder takes, without the packages that are installed within it. */
async function diskBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? 0 : diskBytes(path);
      return Math.ceil((await stat(path)).size / blockBytes) * blockBytes;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, blockBytes);
}

// Some packages are here twice because of those for development, and take as much as this package does where it is
// installed without them.
test('what is installed with the package takes less than 80 MiB', async () => {
  const lock: { packages: Record<string, { dev?: boolean; optional?: boolean; peer?: boolean }> } =
    JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const installed = Object.entries(lock.packages).filter(
    ([path, { dev, optional, peer }]) => path !== '' && !dev && !optional && !peer,
  );
  const sizes = await Promise.all(
    installed.map(async ([path]) => [path, await diskBytes(join(root, path))] as const),
  );
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const largest = sizes.toSorted(([, a], [, b]) => b - a).slice(0, 10);
  expect(total, JSON.stringify(largest)).toBeLessThan(80 * 2 ** 20);
  expect(total).toBeGreaterThan(30 * 2 ** 20);
}, 60_000);
