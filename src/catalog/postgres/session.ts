import pg from 'pg';
import { ConfigurationError, messageOf, UnavailableError } from '../../errors.ts';
import type { CatalogClient } from '../introspection.ts';

/**
 * A connection that is opened on demand, and reopened when it was lost. Its statements only read, so that one that failed
 * on a dead connection can be run again.
 *
 * `query` throws an UnavailableError if Postgres is unreachable.
 */
export class Session implements CatalogClient {
  readonly #connect: () => Promise<pg.Client>;
  #client: Promise<pg.Client> | undefined;

  constructor(connect: () => Promise<pg.Client>) {
    this.#connect = connect;
  }

  async query<Row>(sql: string, values: unknown[] = []): Promise<{ rows: Row[] }> {
    const reused = this.#client !== undefined;
    try {
      return await this.#run<Row>(sql, values);
    } catch (error) {
      if (!(error instanceof UnavailableError) || !reused) throw error;
      return this.#run<Row>(sql, values);
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.end()).catch(() => {});
  }

  async #run<Row>(sql: string, values: unknown[]): Promise<{ rows: Row[] }> {
    this.#client ??= this.#open();
    const current = this.#client;
    try {
      const client = await current;
      const { rows } = await client.query(sql, values);
      return { rows };
    } catch (error) {
      if (!isLost(error)) throw error;
      // A server that does not respond may not respond to this either.
      if (this.#client === current) void this.close();
      if (error instanceof ConfigurationError) throw error;
      const why = messageOf(error);
      throw new UnavailableError(`the connection to Postgres was lost: ${why}`, error);
    }
  }

  #open(): Promise<pg.Client> {
    const opening = this.#connect();
    const forget = () => {
      if (this.#client === opening) this.#client = undefined;
    };
    opening.then((client) => client.once('end', forget), forget);
    return opening;
  }
}

/** Whether a new connection may help: the SQLSTATE classes of connections, resources and shutdowns. */
function isLost(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|53|57P)/.test(error.code ?? '');
}
