import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ScanProgress } from '../../../src/source/source.ts';
import { largestRow } from '../../../src/source/sql/row-tap.ts';
import { ScanPlaces } from '../../../src/source/sql/scan-places.ts';
import { createSqlSource, type SqlSourceOptions } from '../../../src/source/sql/source.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;

/** A table, and a foreign table of the same database that reads it through postgres_fdw. */
beforeAll(async () => {
  database = await createDatabase('create extension postgres_fdw');
  const { port, password } = new URL(inject('postgresUrl'));
  const name = new URL(database.url).pathname.slice(1);
  await database.client.query(`
    create server remote foreign data wrapper postgres_fdw
      options (host '127.0.0.1', port '${port}', dbname '${name}');
    create user mapping for postgres server remote options (user 'postgres', password '${password}');
    create table stored (id int, code text, note text);
    insert into stored select i, 'c' || i, case when i % 3 > 0 then repeat('é', i % 50) end
      from generate_series(1, 5000) i;
    create foreign table items (id int, code text, note text) server remote options (table_name 'stored');`);
});
afterAll(() => database.drop());

async function open(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'scan under test' });
  await client.connect();
  return client;
}

function sourceOf(
  table: Partial<SqlSourceOptions['table']> = {},
  identity?: string,
  openSession = open,
  places = new ScanPlaces(2),
) {
  const { columns = ['id', 'code', 'note'], types = new Map(), keys = [], role, countRows = false } = table;
  const { schema = 'public', name = 'items' } = table;
  return createSqlSource({
    table: { schema, name, columns, types, keys, role, countRows },
    identity,
    database: { name: 'test', openSession },
    places,
  });
}

async function scan(
  source: ReturnType<typeof sourceOf>,
  { signal = new AbortController().signal, onProgress = (_: ScanProgress) => {} } = {},
): Promise<{ readonly fields: readonly (string | null)[] }[]> {
  const records: { readonly fields: readonly (string | null)[] }[] = [];
  for await (const { length, bytes, spans } of source.scan(signal, onProgress)) {
    const width = spans.length / length;
    for (let at = 0; at < spans.length; at += width) {
      const fields: (string | null)[] = [];
      for (let field = at; field < at + width; field += 2) {
        const start = spans[field] ?? -1;
        fields.push(start < 0 ? null : bytes.toString('utf8', start, spans[field + 1]));
      }
      records.push({ fields });
    }
  }
  return records;
}

/** Scans, and does something after every page. */
async function scanWith(afterPage: () => unknown, signal = new AbortController().signal): Promise<void> {
  for await (const _ of sourceOf().scan(signal, () => {})) await afterPage();
}

/** Resolves when Postgres serves no scan any more, neither here nor as a remote. */
async function nothingIsLeft(): Promise<void> {
  await until(
    `select count(*) = 0 as done from pg_stat_activity
     where datname = current_database() and application_name in ('scan under test', 'postgres_fdw')`,
  );
}

async function until(statement: string): Promise<void> {
  for (;;) {
    const { rows } = await database.client.query<{ done: boolean }>(statement);
    if (rows[0]?.done) return;
  }
}

describe('a scan', () => {
  test('reads every row once, as Postgres prints its columns', async () => {
    const records = await scan(sourceOf({ columns: ['code', 'id'], keys: [['code']] }, 'code'));
    const { rows } = await database.client.query({
      text: 'select code, id::text from stored order by stored.id',
      rowMode: 'array',
    });
    const read = records.map(({ fields }) => fields).toSorted((a, b) => Number(a[1]) - Number(b[1]));
    expect(read).toEqual(rows);
  });

  test('reads arrays of domains as arrays of their base types', async () => {
    await database.client.query(`create domain code as varchar(9); create domain codes as code[];
      create table tagged (tags code[], more codes); insert into tagged values ('{a,b}', '{"c d",null}');
      create foreign table remote_tagged (tags code[], more codes) server remote options (table_name 'tagged');`);
    const types = new Map([
      ['tags', 'pg_catalog.varchar(13)[]'],
      ['more', 'pg_catalog.varchar(13)[]'],
    ]);
    const columns = ['tags', 'more'];
    const [record] = await scan(
      sourceOf({ name: 'remote_tagged', columns, types, keys: [['tags']] }, 'tags'),
    );
    expect(record?.fields).toEqual(['{a,b}', '{"c d",NULL}']);
  });

  test('asks for as many rows at a time as make a megabyte, as far as it can tell', async () => {
    const fetches: unknown[] = [];
    const source = sourceOf({}, undefined, async () => {
      const client = await open();
      const { query } = client;
      client.query = (...given: unknown[]) => {
        const text: unknown = Reflect.get(Object(given[0]), 'text');
        if (String(text).startsWith('fetch forward')) fetches.push(text);
        return Reflect.apply(query, client, given);
      };
      return client;
    });
    expect(await scan(source)).toHaveLength(5000);
    expect(fetches).toEqual(
      [100, 200, 400, 800, 1600, 3200].map((count) => `fetch forward ${count} from rows`),
    );
  });

  test('identifies rows by their number if the key is not a single text column', async () => {
    const records = await scan(sourceOf());
    const numbers = records.map(({ fields }) => String(fields[0]));
    expect(numbers).toEqual([...new Set(numbers)].toSorted());
    expect(numbers).toHaveLength(5000);
  });

  test('tells how far it is, and how many rows the table is believed to have', async () => {
    await database.client.query('analyze items');
    // This connection has one of its own to the remote now.
    await database.client.query('select postgres_fdw_disconnect_all()');
    const seen: ScanProgress[] = [];
    await scan(sourceOf(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ rows: 5000, estimatedRows: 5000 });
    expect(seen.length).toBeGreaterThan(5);
  });

  test('has its rows counted if configured so, since Postgres may have no estimate', async () => {
    await database.client.query(
      `create foreign table counted (id int) server remote options (table_name 'stored')`,
    );
    const seen: ScanProgress[] = [];
    const onProgress = (progress: ScanProgress) => seen.push(progress);
    await scan(sourceOf({ name: 'counted', columns: ['id'] }), { onProgress });
    expect(seen.at(-1)?.estimatedRows).toBeUndefined();
    await scan(sourceOf({ name: 'counted', columns: ['id'], countRows: true }), { onProgress });
    expect(seen.at(-1)).toMatchObject({ rows: 5000, estimatedRows: 5000 });
  });

  test('reads as the configured role', async () => {
    await database.client.query(`create role scan_reader; grant select (id) on items to scan_reader;
      create user mapping for scan_reader server remote options (user 'postgres', password_required 'false',
        password '${new URL(inject('postgresUrl')).password}');`);
    await expect(scan(sourceOf({ columns: ['id'], role: 'scan_reader' }))).resolves.toHaveLength(5000);
    await expect(scan(sourceOf({ columns: ['id', 'code'], role: 'scan_reader' }))).rejects.toMatchObject({
      code: 'SCAN_DENIED',
    });
    await database.client.query('drop owned by scan_reader; drop role scan_reader');
  });

  test('leaves nothing behind in Postgres', async () => {
    await scan(sourceOf());
    await nothingIsLeft();
  });

  test('stops Postgres from sending while its pages are not read', async () => {
    await database.client.query(`create table wide (a text);
      insert into wide select repeat(md5(i::text), 20000) from generate_series(1, 100) i;
      create foreign table wides (a text) server remote options (table_name 'wide');`);
    const pages = sourceOf({ name: 'wides', columns: ['a'] }).scan(new AbortController().signal, () => {});
    const iterator = pages[Symbol.asyncIterator]();
    await iterator.next();
    await until(
      `select wait_event = 'ClientWrite' as done from pg_stat_activity where application_name = 'scan under test'`,
    );
    let seen = 1;
    while (!(await iterator.next()).done) seen++;
    expect(seen).toBe(100);
  });
});

test('a scan that is left off while Postgres waits to send leaves nothing behind', async () => {
  await database.client.query(`create table wider (a text);
    insert into wider select repeat(md5(i::text), 20000) from generate_series(1, 100) i;
    create foreign table widers (a text) server remote options (table_name 'wider');`);
  for await (const page of sourceOf({ name: 'widers', columns: ['a'] }).scan(
    new AbortController().signal,
    () => {},
  )) {
    expect(page).toHaveLength(1);
    await until(
      `select wait_event = 'ClientWrite' as done from pg_stat_activity where application_name = 'scan under test'`,
    );
    break;
  }
  await nothingIsLeft();
});

describe('a declared key', () => {
  test.each([
    ['twice', `(1, 'a', ''), (2, 'a', '')`],
    ['null', `(1, 'a', ''), (2, null, '')`],
  ])('whose value is %s ends the scan with an error that names the key', async (_, rows) => {
    await database.client.query(`create table bad_key (like stored); insert into bad_key values ${rows};
      create foreign table bad_keys (id int, code text, note text) server remote options (table_name 'bad_key');`);
    const failed = scan(sourceOf({ name: 'bad_keys', keys: [['code']] }, 'code'));
    await expect(failed).rejects.toMatchObject({
      code: 'SCAN_INVALID_RESPONSE',
      detail: expect.stringContaining('primary_key_columns names (code)'),
    });
    await database.client.query('drop foreign table bad_keys; drop table bad_key');
  });

  test('of several columns is compared by all of them', async () => {
    await database.client.query(`create table pair (a text, b text);
      insert into pair values ('a', 'bc'), ('ab', 'c');
      create foreign table pairs (a text, b text) server remote options (table_name 'pair');`);
    const records = await scan(sourceOf({ name: 'pairs', columns: ['a', 'b'], keys: [['a', 'b']] }));
    expect(records).toHaveLength(2);
  });
});

describe('when something goes wrong', () => {
  test('a scan that is aborted between pages frees everything', async () => {
    const controller = new AbortController();
    const running = scanWith(() => controller.abort(new Error('enough')), controller.signal);
    await expect(running).rejects.toThrow('enough');
    await nothingIsLeft();
  });

  test('a scan that waits for a lock of the remote is ended by its abort', async () => {
    const holder = new pg.Client(database.url);
    await holder.connect();
    await holder.query('begin; lock table stored in access exclusive mode');
    const controller = new AbortController();
    const running = scan(sourceOf(), { signal: controller.signal });
    running.catch(() => {});
    await until(
      `select count(*) > 0 as done from pg_locks where relation = 'stored'::regclass and not granted`,
    );
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await nothingIsLeft();
    await holder.end();
  });

  test('a scan that hangs gives up where all others do, and other tables wait', async () => {
    const holder = new pg.Client(database.url);
    await holder.connect();
    await holder.query('begin; lock table stored in access exclusive mode');
    const places = new ScanPlaces(2, { hangsAfterMs: 0 });
    const { signal } = new AbortController();
    const source = sourceOf({}, undefined, open, places);
    const leave = await source.admit?.(signal);
    const other = await places.take(signal, false);
    const waiting = places.take(signal, false);
    await expect(scan(source)).rejects.toMatchObject({
      code: 'SCAN_UNAVAILABLE',
      detail: expect.stringContaining('--scan-connections'),
    });
    leave?.();
    (await waiting).leave();
    other.leave();
    await nothingIsLeft();
    await holder.end();
  });

  test('a count that takes too long is aborted, and the rows are read anyway', async () => {
    const holder = new pg.Client(database.url);
    await holder.connect();
    await holder.query(`create foreign table uncounted (id int) server remote options (table_name 'stored')`);
    await holder.query('begin; lock table stored in access exclusive mode');
    const seen: ScanProgress[] = [];
    const running = scan(sourceOf({ name: 'uncounted', columns: ['id'], countRows: true }), {
      onProgress: (progress) => seen.push(progress),
    });
    await until(
      `select count(*) > 0 as done from pg_locks where relation = 'stored'::regclass and not granted`,
    );
    await holder.query(
      `select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'scan under test'`,
    );
    await holder.query('commit');
    await expect(running).resolves.toHaveLength(5000);
    expect(seen.at(-1)?.estimatedRows).toBeUndefined();
    await holder.end();
  });

  test.each([
    ['remote', 'postgres_fdw'],
    ['connection', 'scan under test'],
  ])('a %s that goes away in mid-scan is SCAN_UNAVAILABLE', async (_, application) => {
    const running = scanWith(() =>
      database.client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = '${application}'`,
      ),
    );
    await expect(running).rejects.toMatchObject({ code: 'SCAN_UNAVAILABLE' });
    await nothingIsLeft();
  });

  test('a row of 50 MB is refused', async () => {
    await database.client.query(`create table huge (a text);
      insert into huge values ('x'), (repeat('x', 50000000));
      create foreign table huges (a text) server remote options (table_name 'huge');`);
    const failed = scan(sourceOf({ name: 'huges', columns: ['a'] }));
    await expect(failed).rejects.toMatchObject({
      code: 'SCAN_INVALID_RESPONSE',
      detail: expect.stringContaining(`${largestRow / 2 ** 20} MiB`),
    });
    await nothingIsLeft();
  });

  test.each([
    ['a table that is gone', { name: 'nowhere' }, 'SCAN_NOT_FOUND'],
    ['a column that is gone', { columns: ['id', 'nowhere'] }, 'SCAN_NOT_FOUND'],
    ['a role that does not exist', { role: 'nobody_at_all' }, 'SCAN_DENIED'],
  ] as const)('%s is a coded error', async (_, table, code) => {
    await expect(scan(sourceOf(table))).rejects.toMatchObject({ code });
    await nothingIsLeft();
  });

  test('a value of the remote that is none of its column’s type is SCAN_INVALID_RESPONSE', async () => {
    await database.client.query(
      `create foreign table wrong_types (code int) server remote options (table_name 'stored')`,
    );
    await expect(scan(sourceOf({ name: 'wrong_types', columns: ['code'] }))).rejects.toMatchObject({
      code: 'SCAN_INVALID_RESPONSE',
    });
  });

  test('text that is none of the encoding of its file is SCAN_INVALID_RESPONSE', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fdw-graphql-file-'));
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'good.csv'), 'ann,1\n"b,ea",2\n');
    await writeFile(join(folder, 'bad.csv'), Buffer.from([0x61, 0xff, 0x2c, 0x31, 0x0a]));
    await database.client.query(`create extension file_fdw; create server files foreign data wrapper file_fdw;
      create foreign table good (name text, size int) server files options (filename '${folder}/good.csv', format 'csv');
      create foreign table absent (name text, size int) server files options (filename '${folder}/none.csv', format 'csv');
      create foreign table bad (name text, size int) server files options (filename '${folder}/bad.csv', format 'csv');`);
    const columns = ['name', 'size'];
    const records = await scan(sourceOf({ name: 'good', columns, keys: [['name']] }, 'name'));
    expect(records.map(({ fields }) => fields)).toEqual([
      ['ann', '1'],
      ['b,ea', '2'],
    ]);
    await expect(scan(sourceOf({ name: 'bad', columns }))).rejects.toMatchObject({
      code: 'SCAN_INVALID_RESPONSE',
    });
    await expect(scan(sourceOf({ name: 'absent', columns }))).rejects.toMatchObject({
      code: 'SCAN_NOT_FOUND',
    });
    await rm(folder, { recursive: true });
  });

  test('a Postgres that cannot be reached is SCAN_UNAVAILABLE', async () => {
    const source = createSqlSource({
      table: {
        schema: 'public',
        name: 'items',
        columns: ['id'],
        types: new Map(),
        keys: [],
        role: undefined,
        countRows: false,
      },
      identity: undefined,
      database: {
        name: 'test',
        async openSession() {
          const client = new pg.Client('postgres://postgres@127.0.0.1:1/none');
          await client.connect();
          return client;
        },
      },
      places: new ScanPlaces(2),
    });
    await expect(scan(source)).rejects.toMatchObject({ code: 'SCAN_UNAVAILABLE' });
  });
});
