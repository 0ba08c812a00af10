import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium from '@sparticuz/chromium';

/** Goes with the packages when they are installed anew, and so never holds an older browser. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/**
 * Unpacks the browser, once per installation.
 *
 * The package itself unpacks in the system's temporary folder, and takes whatever lies there for the whole browser,
 * even while another process is still writing it or after one was stopped. Here it appears whole or not at all.
 *
 * @returns the folder with the executable `chromium`, and with `fonts` and what says where they are
 */
export async function unpackChromium(): Promise<string> {
  const folder = join(cache, 'chromium');
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, 'chromium-'));
  await withTemporaryFolder(unfinished, () => chromium.executablePath());
  await writeFile(join(unfinished, 'fonts', 'fonts.conf'), fontConfiguration(folder));
  try {
    await rename(unfinished, folder);
  } catch (error) {
    // Another process may have been faster.
    await rm(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The fonts of the package alone: without any, the browser ends, and with a system's own, pages differ. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}

async function withTemporaryFolder(folder: string, action: () => Promise<unknown>): Promise<void> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    await action();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
