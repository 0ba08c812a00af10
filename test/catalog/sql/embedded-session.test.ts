import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openEmbeddedSession } from '../../../src/catalog/sql/embedded-session.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';

// The first database that is made takes long.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const sql = `
  create extension file_fdw;
  create server files foreign data wrapper file_fdw;
  create foreign table prices (article text, price numeric, since timestamptz)
    server files options (filename '/data/prices.csv', format 'csv');
  comment on foreign table prices is '@graphql({"primary_key_columns": ["article"]})';
  create foreign table broken (number int) server files options (filename '/data/broken.csv', format 'csv');
  create foreign table missing (number int) server files options (filename '/data/nowhere.csv', format 'csv');`;

const data = new Map([
  ['/data/prices.csv', Buffer.from('éa,12.50,2026-01-01 00:00:00+01\n"b, c",,\n')],
  ['/data/broken.csv', Buffer.from('1\nno number\n')],
]);

/** Processes with an embedded Postgres that this one has started. */
function sessions(): string[] {
  const children = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)]).toString();
  return children.split('\n').filter((line) => line.includes('session-process'));
}

describe('a catalog of SQL that has data', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await createGateway({ catalog: { sql, data } });
  });
  afterAll(() => gateway.close());

  const ask = async (query: string) => {
    const response = await gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };

  test('has its foreign tables read through the embedded Postgres', async () => {
    const { data: answer } = await ask(
      '{ pricesCollection { totalCount edges { node { article price since } } } }',
    );
    expect(answer.pricesCollection).toEqual({
      totalCount: 2,
      edges: [
        { node: { article: 'b, c', price: null, since: null } },
        { node: { article: 'éa', price: '12.50', since: '2025-12-31T23:00:00+00:00' } },
      ],
    });
  });

  test.each([
    ['SCAN_INVALID_RESPONSE', 'broken'],
    ['SCAN_NOT_FOUND', 'missing'],
  ])('says %s where the data is %s', async (code, table) => {
    const { errors } = await ask(`{ ${table}Collection { totalCount } }`);
    expect(errors).toMatchObject([{ extensions: { code } }]);
  });

  test('leaves no process behind once it has been read', async () => {
    await expect.poll(sessions).toEqual([]);
  });
});

describe('a session of an embedded Postgres', () => {
  const open = (signal: AbortSignal) =>
    openEmbeddedSession({ scripts: [{ name: 'the SQL', text: sql }], files: data }, signal);

  test('ends with its client, and with its process', async () => {
    const client = await open(new AbortController().signal);
    const { rows } = await client.query('select count(*)::int from prices');
    expect(rows).toEqual([{ count: 2 }]);
    expect(sessions()).toHaveLength(1);
    await client.end();
    await expect.poll(sessions).toEqual([]);
  });

  test('is given up at a signal', async () => {
    const giveUp = new AbortController();
    const opening = open(giveUp.signal);
    giveUp.abort();
    await expect(opening).rejects.toThrow();
    await expect.poll(sessions).toEqual([]);
  });
});
