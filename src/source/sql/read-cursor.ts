import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { TextRows } from '../text-rows.ts';
import { PageQueue } from './page-queue.ts';
import { tapRows } from './row-tap.ts';

/** The size in bytes that a fetch should have: it requests as many rows as fit, judged by the rows seen so far. */
const fetchSize = 1 << 20;
/** The number of rows of the first fetch, when their size is unknown, and the maximum of any fetch. */
const firstRows = 100;
const mostRows = 10_000;
/** How many milliseconds a fetch should take at most: some remotes are slow, and statements have a timeout. */
const fetchMs = 5_000;
/**
 * By which factor a fetch may exceed the previous one. Later rows may be larger, and the first fetches say little about
 * speed: they run in code that V8 has not optimised yet, up to twenty times slower.
 */
const growth = 2;

/** An open cursor, and what its rows look like. */
export interface ReadCursorOptions {
  readonly cursor: string;
  /** The number of columns in each row. */
  readonly columns: number;
  /** Whether the first field of each row is its number. */
  readonly numbered: boolean;
}

/**
 * The rows of an open cursor as Postgres prints them, page by page. They are fetched in batches sized to the rows. While
 * pages are not consumed, the connection is not read, so Postgres stops sending.
 *
 * @throws RowTooLargeError after which the connection is closed
 * @throws pg.DatabaseError if Postgres rejects the fetch
 */
export async function* readCursor(
  client: Pick<pg.ClientBase, 'query'>,
  options: ReadCursorOptions,
): AsyncGenerator<TextRows, void, void> {
  const pages = new PageQueue();
  fetchAll(client, options, pages);
  try {
    for (let page = await pages.take(); page; page = await pages.take()) {
      yield page;
      // Otherwise, pages that are already waiting would be consumed in one turn of the event loop.
      await setImmediate();
    }
  } finally {
    pages.abandon();
  }
}

/** Fetches batch after batch, until one has fewer rows than requested. */
function fetchAll(
  client: Pick<pg.ClientBase, 'query'>,
  { cursor, columns, numbered }: ReadCursorOptions,
  pages: PageQueue,
): void {
  let untap = () => {};
  const tap = (stream: Duplex) => {
    pages.readFrom(stream);
    untap = tapRows(stream, {
      columns,
      numbered,
      buffers: pages.buffers,
      onRows: (rows, size) => pages.push(rows, size),
      onTooLarge(error) {
        pages.fail(error);
        stream.destroy();
      },
    });
  };
  const fetchNext = (count: number) => {
    const before = pages.rows;
    const start = performance.now();
    const query = new pg.Query(`fetch forward ${count} from ${cursor}`);
    query.once('error', (error: Error) => {
      untap();
      pages.fail(error);
    });
    query.once('end', () => {
      if (pages.rows - before === count && !pages.isAbandoned)
        return fetchNext(nextCount(count, pages, performance.now() - start));
      untap();
      pages.end();
    });
    if (before === 0) withStream(query, tap);
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

/** Calls back with the connection's stream when the query is sent. */
function withStream(query: pg.Query, use: (stream: Duplex) => void): void {
  const { submit } = query;
  query.submit = (connection) => {
    use(connection.stream);
    submit.call(query, connection);
  };
}
