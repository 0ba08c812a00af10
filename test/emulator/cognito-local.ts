import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolUser } from '../../src/emulator/user.ts';

/** The emulator of the package `cognito-local`, in a process and a directory of its own. */
export interface CognitoLocal {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts `cognito-local` with one pool. Its wire format has whole seconds only. */
export async function startCognitoLocal(poolId: string, users: readonly PoolUser[]): Promise<CognitoLocal> {
  const directory = await mkdtemp(join(tmpdir(), 'fdw-graphql-cognito-local-'));
  await mkdir(join(directory, '.cognito', 'db'), { recursive: true });
  await writeFile(join(directory, '.cognito', 'db', `${poolId}.json`), poolFile(poolId, users));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js')],
    {
      cwd: directory,
      env: { ...process.env, HOST: '127.0.0.1', PORT: String(port) },
      stdio: 'ignore',
    },
  );
  const close = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null) {
      await close();
      throw new Error(`cognito-local must start, but got exit code ${child.exitCode}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, close };
}

/** What it keeps in `.cognito/db`: users by name, with dates in ISO 8601. */
function poolFile(poolId: string, users: readonly PoolUser[]): string {
  const stored = users.map((user) => [
    user.Username,
    {
      ...user,
      UserCreateDate: isoDate(user.UserCreateDate),
      UserLastModifiedDate: isoDate(user.UserLastModifiedDate),
    },
  ]);
  return JSON.stringify({ Options: { Id: poolId }, Users: Object.fromEntries(stored) });
}

function isoDate(seconds = 0): string {
  return new Date(seconds * 1000).toISOString();
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
