import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueType } from '../../../src/values/type/registry.ts';
import type { ScalarKind } from '../../../src/values/type/sql-type.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { decimalTexts, timestampTexts, timeTexts } from '../value-texts.ts';
import { storableText } from '../weird-text.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase('');
});

afterAll(() => database.drop());

const shortTexts = fc.oneof(
  storableText,
  fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' '), maxLength: 6 }),
);
// Of an exponent that is out of its range, Postgres' own check of input raises an error instead of saying no.
const decimals = fc.oneof(
  decimalTexts.filter((text) => !/e[+-]?\d{4}/i.test(text)),
  fc.double({ min: -1e5, max: 1e5, noNaN: true }).map(String),
  fc.constantFrom(
    '0.005',
    '-0.005',
    '9999.995',
    '9999.994',
    '0.00005',
    '95',
    '-95',
    'NaN',
    'inf',
    '-inf',
    '0',
  ),
);
const instants = fc.oneof(
  timestampTexts,
  fc
    .tuple(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), fc.nat(999_999))
    .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}`),
  fc.constantFrom('infinity', '-infinity', '1999-12-31 23:59:59.5', '2000-01-01 00:00:00.5'),
);

/** What is declared, its kind, texts, and the type whose input function reads them before they are cast. */
const declared: readonly (readonly [string, ScalarKind, fc.Arbitrary<string>, string])[] = [
  ['varchar(3)', 'text', shortTexts, 'text'],
  ['varchar', 'text', shortTexts, 'text'],
  ['char(3)', 'bpchar', shortTexts, 'text'],
  ['numeric(6,2)', 'numeric', decimals, 'numeric(6,2)'],
  ['numeric(5)', 'numeric', decimals, 'numeric(5)'],
  ['numeric(2,4)', 'numeric', decimals, 'numeric(2,4)'],
  ['numeric(3,-1)', 'numeric', decimals, 'numeric(3,-1)'],
  ['timestamp(0)', 'timestamp', instants, 'timestamp(0)'],
  ['timestamp(2)', 'timestamp', instants, 'timestamp(2)'],
  ['timestamptz(1)', 'timestamptz', instants, 'timestamptz(1)'],
  ['time(0)', 'time', timeTexts, 'time(0)'],
  ['time(3)', 'time', timeTexts, 'time(3)'],
];

/** The modifier that Postgres' catalog has for a type; undefined where it has none. */
async function modifierOf(type: string): Promise<number | undefined> {
  await database.client.query(`create table declared (value ${type})`);
  const { rows } = await database.client.query<{ modifier: number }>(
    `select atttypmod as modifier from pg_attribute where attrelid = 'declared'::regclass and attname = 'value'`,
  );
  await database.client.query('drop table declared');
  const [row] = rows;
  return row && row.modifier >= 0 ? row.modifier : undefined;
}

describe.each(declared)('values of %s', (type, kind, texts, input) => {
  test('are cast like in Postgres', async () => {
    const modifier = await modifierOf(type);
    const { parse, jsonb } = valueType(modifier === undefined ? { kind } : { kind, modifier });
    const base = valueType({ kind });
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 200, size: 'max' }), async (batch) => {
        const { rows } = await database.client.query<{ jsonb: string | null }>(
          `select case when pg_input_is_valid(t, '${input}') then to_jsonb(t::${type})::text end as jsonb
           from unnest($1::text[]) with ordinality as u(t, i) order by i`,
          [batch],
        );
        for (const [i, text] of batch.entries()) {
          // Not every way of writing an instant is read.
          if (base.parse(text) === undefined) continue;
          const value = parse(text);
          const ours = value === undefined ? null : jsonb(value);
          expect({ text, jsonb: ours }).toEqual({ text, jsonb: rows[i]?.jsonb });
        }
      }),
      { numRuns: Number(process.env.VALUE_RUNS ?? 10) },
    );
  });
});
