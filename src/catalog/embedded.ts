import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { ConfigurationError } from '../errors.ts';

/** A Postgres inside this process, for a catalog that comes from a file. */
export interface EmbeddedPostgres {
  /** Connection string; the server takes one connection at a time. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts an embedded Postgres and runs the SQL in it.
 *
 * @throws ConfigurationError where the SQL fails
 */
export async function startEmbeddedPostgres(sql: string): Promise<EmbeddedPostgres> {
  const database = await PGlite.create();
  try {
    await database.exec(sql);
  } catch (cause) {
    await database.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      `the catalog must be SQL that Postgres runs, but it fails: ${reason}`,
      cause,
    );
  }
  // Port 0 lets the system choose, and loopback keeps the catalog to this machine.
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0 });
  await server.start();
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres`,
    async close() {
      await server.stop();
      await database.close();
    },
  };
}
