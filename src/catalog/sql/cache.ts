import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, readCached, writeCached } from './cache-folder.ts';
import type { EvaluatedScripts } from './embedded-process.ts';
import type { SqlScript } from './loader.ts';

/** How many results are kept; the oldest are removed first. */
const keptAtMost = 32;

/** Bytes of AES-256-GCM's nonce and tag: https://nodejs.org/api/crypto.html#ccm-mode */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Reads the cached result of some scripts from the user's cache folder, with which a start needs no Postgres; undefined if
 * there is none.
 *
 * A result is named by one hash of the scripts and encrypted with another. So only someone who has the scripts can read or
 * forge it, and it reveals none of their secrets.
 */
export async function readEvaluated(scripts: readonly SqlScript[]): Promise<EvaluatedScripts | undefined> {
  const { name, key } = await entryOf(scripts);
  const sealed = await readCached(name);
  try {
    return sealed && JSON.parse(unseal(sealed, key));
  } catch {
    return undefined;
  }
}

/** Caches a result for the next start. */
export async function writeEvaluated(
  scripts: readonly SqlScript[],
  evaluated: EvaluatedScripts,
): Promise<void> {
  const { name, key } = await entryOf(scripts);
  await writeCached(name, seal(JSON.stringify(evaluated), key));
  await prune();
}

async function entryOf(
  scripts: readonly SqlScript[],
): Promise<{ readonly name: string; readonly key: Buffer }> {
  const code = await hashOfCode();
  const hash = (purpose: string) => {
    const digest = createHash('sha256').update(`${purpose} ${code}`);
    for (const { name, text } of scripts) digest.update(JSON.stringify([name, text]));
    return digest.digest();
  };
  return { name: `${hash('name').toString('hex')}.catalog`, key: hash('key') };
}

async function prune(): Promise<void> {
  const names = (await readdir(cacheFolder).catch(() => [])).filter((name) => name.endsWith('.catalog'));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(cacheFolder, name);
      return {
        path,
        writtenAt: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const old = files.sort((a, b) => b.writtenAt - a.writtenAt).slice(keptAtMost);
  await Promise.allSettled(old.map(({ path }) => rm(path, { force: true })));
}

/** A hash of this code, because other code may evaluate scripts differently. */
let codeHash: Promise<string> | undefined;

function hashOfCode(): Promise<string> {
  codeHash ??= (async () => {
    const folders = [import.meta.dirname, join(import.meta.dirname, '..')];
    const digest = createHash('sha256');
    for (const folder of folders) {
      for (const name of (await readdir(folder)).filter((file) => /\.[jt]s$/.test(file)).sort()) {
        digest.update(await readFile(join(folder, name)));
      }
    }
    return digest.digest('hex');
  })();
  return codeHash;
}

function seal(text: string, key: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws Error if the bytes were not sealed with this key */
function unseal(bytes: Buffer, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString();
}
