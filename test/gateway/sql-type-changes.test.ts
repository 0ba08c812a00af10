import { afterAll, beforeAll, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

/*
 * What a column is declared as changes between two looks at the catalog, which are switched off here: only the scan
 * itself can notice.
 */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create extension postgres_fdw;
     create type mood as enum ('sad', 'happy');
     do $$ begin
       execute format('create server remote foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L)',
         '127.0.0.1', current_setting('port'), current_database());
     end $$;
     create user mapping for postgres server remote options (user 'postgres', password 'postgres');
     create table stored (size text, price text, feeling text);
     insert into stored values ('1', '2.50', 'sad');
     create foreign table things (size int, price numeric(10, 2), feeling mood) server remote
       options (table_name 'stored');`,
    [],
    { reloadIntervalMs: 0, minRefreshMs: 0 },
  );
});
afterAll(() => gateway.close());

const ask = () =>
  gateway.query('{ thingsCollection { edges { node { size price feeling } } } }', undefined, {
    'cache-control': 'no-cache',
  });
const rows = async () => {
  const { data, errors } = await ask();
  expect(errors).toEqual([]);
  return data.thingsCollection.edges.map(({ node }: { node: object }) => node);
};

test.each([
  [
    'another type',
    "alter foreign table things alter size type text; update stored set size = 'one'",
    { size: 'one' },
  ],
  ['another modifier', 'alter foreign table things alter price type numeric(10, 3)', { price: '2.500' }],
  [
    'another label',
    "alter type mood add value 'fine'; update stored set feeling = 'fine'",
    { feeling: 'fine' },
  ],
])(
  'a column of %s is an error that is worth a retry, and served as soon as the catalog was read',
  async (_, sql, changed) => {
    const before = await rows();
    expect(before).toMatchObject([{ feeling: expect.any(String) }]);
    for (const statement of sql.split('; ')) await gateway.database.client.query(statement);
    const { data, errors } = await ask();
    expect(data.thingsCollection).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('retry'), extensions: { code: 'SCAN_UNAVAILABLE' } },
    ]);
    const failed = gateway.observations.findLast(({ event }) => event === 'scan-failed');
    expect(failed).toMatchObject({ message: expect.stringMatching(/its column \w+ is \S+ .*now, and was /) });
    await expect.poll(rows).toMatchObject([changed]);
  },
);

test('a dropped column also causes the catalog to be read', async () => {
  await gateway.database.client.query('alter foreign table things drop column size');
  const { errors } = await ask();
  expect(errors).toMatchObject([{ extensions: { code: 'SCAN_NOT_FOUND' } }]);
  await expect.poll(async () => (await ask()).errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
});
