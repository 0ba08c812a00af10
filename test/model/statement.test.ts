import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commentOn, quoteIdentifier } from '../../src/model/statement.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});

afterAll(() => database.drop());

describe('a name in a statement', () => {
  it.each([
    ['users', 'users'],
    ['user', '"user"'],
    ['select', '"select"'],
    ['order', '"order"'],
    ['values', '"values"'],
    ['Users', '"Users"'],
    ['création', '"création"'],
    ['a b', '"a b"'],
    ['say "hi"', '"say ""hi"""'],
    ['1st', '"1st"'],
    ['', '""'],
  ])('%j is written as %s', (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });

  it('is quoted if Postgres quotes it, for every keyword of Postgres', async () => {
    const { rows } = await database.client.query<{ word: string; quoted: string }>(
      'select word, pg_catalog.quote_ident(word) as quoted from pg_catalog.pg_get_keywords()',
    );
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.map(({ word }) => quoteIdentifier(word))).toEqual(rows.map(({ quoted }) => quoted));
  });

  it('is quoted if Postgres quotes it, for any text', async () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'abcXYZ_09$" \'.é\\'), maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 8 }).map((name) => name.replaceAll('\0', '')),
    );
    const names = fc.sample(text, 500);
    const { rows } = await database.client.query<{ quoted: string }>(
      'select pg_catalog.quote_ident(name) as quoted from unnest($1::text[]) with ordinality _(name, at) order by at',
      [names],
    );
    expect(names.map(quoteIdentifier)).toEqual(rows.map(({ quoted }) => quoted));
  });

  it('names the right column, even if its name is a keyword', async () => {
    await database.client.query('create table "select" ("order" text)');
    await database.client.query(commentOn('column', ['public', 'select', 'order'], { name: "it's" }));
    const { rows } = await database.client.query(
      `select pg_catalog.col_description('"select"'::regclass, 1) as comment`,
    );
    expect(rows).toEqual([{ comment: `@graphql({"name": "it's"})` }]);
  });
});
