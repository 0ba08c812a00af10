import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { describeCatalog } from '../../src/gateway/catalog-reading.ts';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

/** A value of every kind of type, as SQL, by the type's name. */
const values: Readonly<Record<string, string>> = {
  smallint: '-32768',
  int: '2147483647',
  bigint: '9223372036854775807',
  real: '0.1',
  'double precision': '1e-7',
  numeric: '123456789012345678901234567890.0100',
  'numeric(10,2)': '1.005',
  text: `e'é"\\\\'`,
  'varchar(3)': `'abcdef'`,
  'char(5)': `'ab'`,
  boolean: 'true',
  uuid: `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`,
  date: `'2024-02-29'`,
  time: `'23:59:59.5'`,
  timestamp: `'2024-02-29 12:00:00.25'`,
  timestamptz: `'2024-02-29 12:00:00+03'`,
  json: `'{"b": 1,  "a": 2}'`,
  jsonb: `'{"b": 1, "a": [null, 2.50]}'`,
  'int[]': `'{1,NULL,3}'`,
  'text[]': `'{"a,b",c}'`,
  mood: `'sad'`,
  short: `'xy'`,
  interval: `'1 year 2 days 03:04:05'`,
  bytea: `'\\xdeadbeef'`,
  int4range: `'[1,5)'`,
  point: `'(1,2)'`,
  inet: `'10.0.0.1/8'`,
  bit: `'1'`,
  pair: `'(1,"b c")'`,
};
const types = Object.keys(values);

/** Types whose values are strings in `data`, though JSON could hold them otherwise. */
const printedAsText = new Set(
  ['bigint', 'numeric', 'numeric(10,2)', 'json', 'jsonb', 'interval', 'bytea', 'int4range', 'point'].concat([
    'inet',
    'bit',
    'pair',
  ]),
);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create extension postgres_fdw;
     create type mood as enum ('sad', 'happy');
     create domain short as varchar(10) check (length(value) < 5);
     create type pair as (a int, b text);
     create role orders_reader;
     do $$ begin
       execute format('create server remote foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L)',
         '127.0.0.1', current_setting('port'), current_database());
     end $$;
     create server silent foreign data wrapper postgres_fdw options (host '127.0.0.1', port '1');
     comment on server silent is '@graphql({"expose": false})';
     create user mapping for postgres server remote options (user 'postgres', password 'postgres');
     create user mapping for orders_reader server remote
       options (user 'postgres', password 'postgres', password_required 'false');

     create table stored_orders (id int, username text, total numeric);
     insert into stored_orders
       select i, (array['ann', 'bea', 'nobody'])[1 + i % 3], i * 1.5 from generate_series(1, 100) i;
     create table stored_values (${types.map((type, i) => `c${i} ${type}`).join(', ')});
     insert into stored_values values (${types.map((type) => `(${values[type]})::${type}`).join(', ')}),
       (${types.map(() => 'null').join(', ')});
     create view stored_note as select 1 as id, 'kept' as note, 'hidden' as secret;

     create foreign table people (username text, email text) server cognito_server options (object 'users');
     create foreign table orders (id int, username text, total numeric) server remote
       options (table_name 'stored_orders');
     comment on foreign table orders is '@graphql({"primary_key_columns": ["id"], "scan_as": "orders_reader",
       "aggregate": {"enabled": true}, "foreign_keys": [
       {"local_name": "orders", "local_columns": ["username"], "foreign_name": "buyer",
        "foreign_schema": "public", "foreign_table": "people", "foreign_columns": ["username"]}],
       "policies": {"postgres": {"filter": {"id": {"lte": 90}}}}})';
     grant select on orders to orders_reader;
     create foreign table every_value (${types.map((type, i) => `c${i} ${type}`).join(', ')}) server remote
       options (table_name 'stored_values');
     comment on foreign table every_value is '@graphql({"max_age": "1h"})';
     create foreign table ticks (id int) server remote options (table_name 'stored_orders');
     comment on foreign table ticks is '@graphql({"refresh": "100ms"})';
     create foreign table notes (id int, note text, secret text) server remote options (table_name 'stored_note');
     comment on foreign table notes is '@graphql({"scan_as": "orders_reader"})';
     grant select (id, note) on notes to orders_reader;
     create foreign table broken (id int) server remote options (table_name 'nowhere');
     create foreign table left_out (id int) server silent;
     create foreign table kept_out (id int) server remote;
     comment on foreign table kept_out is '@graphql({"expose": false})';
     create view order_totals as select total, id as number from orders;
     comment on view order_totals is '@graphql({"primary_key_columns": ["number"]})';
     create table ordinary (id int primary key);`,
    ['ann', 'bea', 'cai'].map((name) => ({ Username: name, Attributes: [] })),
  );
});
afterAll(async () => {
  const { client } = gateway.database;
  await client.query('drop owned by orders_reader cascade; drop role orders_reader');
  await gateway.close();
});

const ask = async (query: string) => {
  const { data, errors } = await gateway.query(query);
  expect(errors).toEqual([]);
  return data;
};

describe('a foreign table that Postgres reads', () => {
  test('is queried like any other: filtered, ordered, counted, paged', async () => {
    const data =
      await ask(`{ ordersCollection(first: 2, filter: {total: {gt: "100"}}, orderBy: [{total: DescNullsLast}]) {
      totalCount pageInfo { hasNextPage } edges { node { id username total } } aggregate { count max { id } } } }`);
    expect(data.ordersCollection).toMatchObject({
      totalCount: 24,
      pageInfo: { hasNextPage: true },
      edges: [{ node: { id: 90, total: '135.0' } }, { node: { id: 89, total: '133.5' } }],
      aggregate: { count: 24, max: { id: 90 } },
    });
  });

  test('has the rows that the policies of the caller’s role keep, and no others', async () => {
    const data = await ask(
      '{ ordersCollection { totalCount } kept: ordersByPk(id: 90) { id } hidden: ordersByPk(id: 91) { id } }',
    );
    expect(data).toEqual({ ordersCollection: { totalCount: 90 }, kept: { id: 90 }, hidden: null });
  });

  test('is joined with users both ways', async () => {
    const data = await ask(`{ peopleCollection { edges { node { username ordersCollection: orders(first: 1) {
      totalCount edges { node { buyer { username } } } } } } } }`);
    const counts = data.peopleCollection.edges.map(
      ({ node }: { node: { username: string; ordersCollection: { totalCount: number } } }) => [
        node.username,
        node.ordersCollection.totalCount,
      ],
    );
    expect(counts).toEqual([
      ['ann', 30],
      ['bea', 30],
      ['cai', 0],
    ]);
  });

  test.each(types.map((type, i) => [type, i] as const))('prints %s as Postgres does', async (type, i) => {
    const data = await ask(`{ everyValueCollection: every_valueCollection { edges { node { c${i} } } } }`);
    const expression = printedAsText.has(type) ? `to_jsonb(c${i}::text)` : `to_jsonb(c${i})`;
    const { rows } = await gateway.database.client.query({
      text: `select ${expression} from stored_values`,
      rowMode: 'array',
    });
    const printed = data.everyValueCollection.edges.map(
      ({ node }: { node: Record<string, unknown> }) => node[`c${i}`],
    );
    expect(printed).toEqual(rows.flat());
  });

  test('is shown by a view of some of its columns, under other names', async () => {
    const data = await ask('{ order_totalsByPk(number: 7) { number total } }');
    expect(data.order_totalsByPk).toEqual({ number: 7, total: '10.5' });
  });

  test('has no nodeId and no key if its directive names none', async () => {
    const data = await ask('{ __type(name: "every_value") { fields { name } } }');
    const names = data.__type.fields.map(({ name }: { name: string }) => name);
    expect(names).not.toContain('nodeId');
  });

  test('fails alone, with a code, if its remote cannot be read', async () => {
    const { data, errors } = await gateway.query(
      '{ brokenCollection { totalCount } peopleCollection { totalCount } }',
    );
    expect(data).toMatchObject({ brokenCollection: null, peopleCollection: { totalCount: 3 } });
    expect(errors[0]?.extensions).toMatchObject({ code: 'SCAN_NOT_FOUND' });
  });
});

describe('how fresh a table is to be', () => {
  const maxAgeOf = async (query: string) => {
    const { headers } = await gateway.query(query);
    return Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1]);
  };

  test('may be declared in its directive, and is sent to caches', async () => {
    expect(await maxAgeOf('{ every_valueCollection { totalCount } }')).toBe(3600);
    expect(await maxAgeOf('{ peopleCollection { totalCount } }')).toBe(60);
  });

  test('an answer from several tables is as fresh as the one that ages first', async () => {
    const both = await maxAgeOf('{ every_valueCollection { totalCount } peopleCollection { totalCount } }');
    expect(both).toBeLessThan(120);
  });

  test('and how often it is scanned without requests', async () => {
    const scans = () =>
      gateway.observations.filter(
        (observed) => observed.event === 'scan-finished' && observed.object === 'public.ticks',
      );
    await expect.poll(() => scans().length, { timeout: 20_000 }).toBeGreaterThan(2);
  });
});

describe('tables that are not exposed', () => {
  const problemsOf = (object: string) =>
    gateway.gateway.model.problems.filter((problem) => problem.object.startsWith(object));

  test('is a column that the reading role may not select, with the grant that it lacks', async () => {
    expect(problemsOf('public.notes')).toMatchObject([
      {
        reason: expect.stringContaining('may not SELECT secret'),
        hint: expect.stringContaining('grant select (secret) on public.notes to orders_reader'),
      },
    ]);
    const data = await ask('{ notesCollection { edges { node { id note } } } }');
    expect(data.notesCollection.edges).toEqual([{ node: { id: 1, note: 'kept' } }]);
  });

  test('are tables and servers whose directive says so, silently', () => {
    const names = gateway.gateway.model.tables.map(({ name }) => name);
    expect(names.toSorted()).toEqual([
      'broken',
      'every_value',
      'notes',
      'order_totals',
      'orders',
      'people',
      'ticks',
    ]);
    expect([...problemsOf('public.left_out'), ...problemsOf('public.kept_out')]).toEqual([]);
  });

  test('are kinds of tables that were not chosen, silently', async () => {
    const catalog = await openCatalog({ databaseUrl: gateway.database.url });
    const chosen = await describeCatalog(catalog, { sources: 'cognito' });
    const others = await describeCatalog(catalog, { sources: 'sql' });
    await catalog.close();
    expect(chosen.model.tables.map(({ name }) => name)).toEqual(['people']);
    expect(chosen.model.problems).toEqual([]);
    expect(others.model.tables.map(({ name }) => name)).toContain('orders');
    expect(others.model.tables.map(({ name }) => name)).not.toContain('people');
  });

  test('are ordinary tables and views, silently', () => {
    expect([...problemsOf('public.ordinary'), ...problemsOf('public.stored')]).toEqual([]);
  });
});
