import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import type { TextRows } from '../text-rows.ts';
import { PageQueue } from './page-queue.ts';
import { tapRows } from './row-tap.ts';

/** Bytes that one fetch aims at: how many rows it asks for follows from those seen so far. */
const fetchSize = 1 << 20;
/** Rows of the first fetch, whose size nobody knows yet, and the most of any. */
const firstRows = 100;
const mostRows = 10_000;
/** Milliseconds that one fetch should take at the most: some remotes are slow, and a statement has a timeout. */
const fetchMs = 5_000;
/**
 * A fetch asks for at most this many times as many rows as the one before: they may be larger, and the first ones are
 * taken by code that is still interpreted, twenty times as slowly.
 */
const growth = 2;

/** An open cursor, and how its rows are wanted. */
export interface ReadCursorOptions {
  readonly cursor: string;
  /** How many columns its rows have. */
  readonly columns: number;
  /** Whether the first field of each row is its number. */
  readonly numbered: boolean;
}

/**
 * The rows of an open cursor as Postgres prints them, page by page, in batches whose size follows that of the rows.
 * While nobody takes pages, the connection is not read, and so Postgres stops sending.
 *
 * @throws RowTooLargeError after which the connection is closed
 * @throws pg.DatabaseError where Postgres refuses
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
      // Pages that wait already would otherwise be taken one after the other, while nothing else is done.
      await setImmediate();
    }
  } finally {
    pages.abandon();
  }
}

/** Fetches until a batch comes short, each batch as soon as the one before has ended. */
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
