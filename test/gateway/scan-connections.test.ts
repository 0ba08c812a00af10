import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const limit = 2;
const tables = Array.from({ length: 12 }, (_, i) => `t${i}`);

/** A foreign table, and what its remote has stored. */
const definition = (name: string) => `
  create table stored_${name} as select i as id from generate_series(1, 2000) i;
  create foreign table ${name} (id int) server remote options (table_name 'stored_${name}');`;

let gateway: TestGateway;
/** Holds locks that make scans wait at the remote. */
let holder: pg.Client;
/** The most scans that Postgres has ever served at a time. */
let most = 0;
let watching: Promise<void>;
let watched = false;

beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create extension postgres_fdw;
     do $$ begin
       execute format('create server remote foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L)',
         '127.0.0.1', current_setting('port'), current_database());
     end $$;
     create user mapping for postgres server remote options (user 'postgres', password 'postgres');
     ${tables.map(definition).join('\n')}`,
    [],
    { scanConnections: limit, maxAgeMs: 0, staleWhileRevalidateMs: 600_000, scanTimeoutMs: 30_000 },
  );
  holder = new pg.Client(gateway.database.url);
  await holder.connect();
  await holder.query('begin; lock table stored_t0 in access exclusive mode');
  watching = watch();
});
afterAll(async () => {
  watched = true;
  await watching;
  await holder.end();
  await gateway.close();
});

async function watch(): Promise<void> {
  const client = new pg.Client(gateway.database.url);
  await client.connect();
  while (!watched) {
    const { rows } = await client.query<{ scans: number }>(
      `select count(*)::int as scans from pg_stat_activity
       where datname = current_database() and application_name = 'fdw-graphql scan'`,
    );
    most = Math.max(most, rows[0]?.scans ?? 0);
  }
  await client.end();
}

const rowsOf = async (table: string) => {
  const { data, errors } = await gateway.query(`{ ${table}Collection { totalCount } }`);
  return errors.length > 0 ? errors : data[`${table}Collection`].totalCount;
};

describe('scans through Postgres', () => {
  test('take no more connections than allowed, and one that hangs does not block the others', async () => {
    const hanging = rowsOf('t0');
    for (let again = 0; again < 3; again++) {
      const others = await Promise.all(tables.slice(1).map(rowsOf));
      expect(others).toEqual(tables.slice(1).map(() => 2000));
    }
    const { taken, waiting } = gateway.gateway.status().scanConnections;
    expect(taken).toBeGreaterThanOrEqual(1);
    expect(waiting).toBeLessThan(tables.length);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(limit);
    await holder.query('rollback');
    expect(await hanging).toBe(2000);
  });

  test('leave the catalog to be read again meanwhile', async () => {
    await holder.query('begin; lock table stored_t1, stored_t2, stored_t3 in access exclusive mode');
    const hanging = ['t1', 't2', 't3'].map(rowsOf);
    await gateway.database.client.query(definition('later'));
    await gateway.gateway.reload();
    expect(gateway.gateway.model.tables.map(({ name }) => name)).toContain('later');
    await holder.query('rollback');
    expect(await Promise.all(hanging)).toEqual([2000, 2000, 2000]);
    expect(await rowsOf('later')).toBe(2000);
    expect(most).toBeLessThanOrEqual(limit);
  });
});
