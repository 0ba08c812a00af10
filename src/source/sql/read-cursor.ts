import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { PageQueue, type TextRow } from './page-queue.ts';

/** Characters of text that one fetch aims at: how many rows it asks for follows from those seen so far. */
const fetchSize = 1 << 20;
/** Rows of the first fetch, whose size nobody knows yet, and the most of any. */
const firstRows = 100;
const mostRows = 10_000;
/** Milliseconds that one fetch should take at the most: some remotes are slow, and a statement has a timeout. */
const fetchMs = 5_000;
/** A fetch asks for at most this many times as many rows as the one before, since the next may be larger. */
const growth = 8;
/** Bytes of the largest row: larger ones would have to be held in memory whole before anybody could look at them. */
export const largestRow = 1 << 24;

/** A row of the cursor has more bytes than `largestRow`. */
export class RowTooLargeError extends Error {
  constructor() {
    super(`a row has more than ${largestRow / 2 ** 20} MiB`);
  }
}

/**
 * The rows of an open cursor, page by page, in batches whose size follows that of the rows. While nobody takes
 * pages, the connection is not read, and so Postgres stops sending.
 *
 * @throws RowTooLargeError after which the connection is closed
 * @throws pg.DatabaseError where Postgres refuses
 */
export async function* readCursor(
  client: Pick<pg.ClientBase, 'query'>,
  cursor: string,
): AsyncGenerator<readonly TextRow[], void, void> {
  const pages = new PageQueue();
  fetchAll(client, cursor, pages);
  for (let page = await pages.take(); page; page = await pages.take()) {
    yield page;
    // Pages that wait already would otherwise be taken one after the other, while nothing else is done.
    await setImmediate();
  }
}

/** Fetches until a batch comes short, each batch as soon as the one before has ended. */
function fetchAll(client: Pick<pg.ClientBase, 'query'>, cursor: string, pages: PageQueue): void {
  const fetchNext = (count: number) => {
    const before = pages.rows;
    const start = performance.now();
    const query = fetchQuery(cursor, count);
    query.on('row', (row: TextRow) => pages.push(row));
    query.once('error', (error: Error) => pages.fail(error));
    query.once('end', () => {
      if (pages.rows - before < count) pages.end();
      else fetchNext(nextCount(count, pages, performance.now() - start));
    });
    withStream(query, (stream) => pages.readFrom(stream));
    refuseLargeRows(query, pages);
    client.query(query);
  };
  fetchNext(firstRows);
}

/** @param ms how long the fetch of `count` rows took */
function nextCount(count: number, { rows, size }: PageQueue, ms: number): number {
  const fitting = Math.ceil((fetchSize * rows) / Math.max(1, size));
  const inTime = Math.ceil((fetchMs * count) / Math.max(1, ms));
  return Math.min(fitting, inTime, growth * count, mostRows);
}

function fetchQuery(cursor: string, count: number): pg.Query {
  const config: pg.QueryArrayConfig = {
    text: `fetch forward ${count} from ${cursor}`,
    rowMode: 'array',
    // As Postgres prints it: what it means is for the engine's own types to say.
    types: { getTypeParser: () => (text: string) => text },
  };
  return new pg.Query(config);
}

/** Destroys the connection as soon as more bytes have come than a row may have, and no row with them. */
function refuseLargeRows(query: pg.Query, pages: PageQueue): void {
  withStream(query, (stream) => {
    let rows = pages.rows;
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes = pages.rows === rows ? bytes + chunk.length : 0;
      rows = pages.rows;
      if (bytes <= largestRow) return;
      pages.fail(new RowTooLargeError());
      stream.destroy();
    };
    const stop = () => stream.off('data', count);
    stream.on('data', count);
    query.once('end', stop);
    query.once('error', stop);
  });
}

/** Calls back with the connection's stream when the query is sent. */
function withStream(query: pg.Query, use: (stream: Duplex) => void): void {
  const { submit } = query;
  query.submit = (connection) => {
    use(connection.stream);
    submit.call(query, connection);
  };
}
