import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valueType } from '../../../src/values/type/registry.ts';
import type { ScalarKind, SqlType } from '../../../src/values/type/sql-type.ts';
import type { Value } from '../../../src/values/value.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { compareByPostgres, readByPostgres } from '../postgres-values.ts';
import {
  arrayTexts,
  boolTexts,
  dateTexts,
  decimalTexts,
  isoTexts,
  jsonTexts,
  timestampTexts,
  timeTexts,
  uuidTexts,
  wholeTexts,
} from '../value-texts.ts';
import { storableText } from '../weird-text.ts';

const moodLabels = ['sad', 'ok', 'HAPPY', 'o k', ''];

let database: TestDatabase;

beforeAll(async () => {
  const labels = moodLabels.map((label) => `'${label}'`).join(', ');
  database = await createDatabase(`create extension citext; create type mood as enum (${labels});`);
});

afterAll(() => database.drop());

/** Every type, the name Postgres has for it, and texts to try. */
const types: readonly {
  name: string;
  kind: ScalarKind | 'enum';
  texts: fc.Arbitrary<string>;
  partly?: true;
}[] = [
  { name: 'text', kind: 'text', texts: storableText },
  { name: 'citext', kind: 'citext', texts: storableText },
  { name: 'bpchar', kind: 'bpchar', texts: storableText },
  { name: 'bool', kind: 'bool', texts: boolTexts },
  { name: 'int2', kind: 'int2', texts: wholeTexts },
  { name: 'int4', kind: 'int4', texts: wholeTexts },
  { name: 'int8', kind: 'int8', texts: wholeTexts },
  { name: 'float4', kind: 'float4', texts: decimalTexts },
  { name: 'float8', kind: 'float8', texts: decimalTexts },
  { name: 'numeric', kind: 'numeric', texts: decimalTexts },
  { name: 'uuid', kind: 'uuid', texts: uuidTexts },
  { name: 'mood', kind: 'enum', texts: fc.oneof(fc.constantFrom(...moodLabels), storableText) },
  { name: 'date', kind: 'date', texts: fc.oneof(dateTexts, timestampTexts), partly: true },
  { name: 'time', kind: 'time', texts: fc.oneof(timeTexts, timestampTexts), partly: true },
  { name: 'timestamp', kind: 'timestamp', texts: timestampTexts, partly: true },
  { name: 'timestamptz', kind: 'timestamptz', texts: timestampTexts, partly: true },
  { name: 'json', kind: 'json', texts: jsonTexts },
  { name: 'jsonb', kind: 'jsonb', texts: jsonTexts },
];

function sqlType(kind: ScalarKind | 'enum'): SqlType {
  return kind === 'enum' ? { kind, labels: moodLabels } : { kind };
}

function readByUs(type: SqlType, text: string): string | undefined {
  const value = valueType(type).parse(text);
  if (value === undefined) return undefined;
  return type.kind === 'json' ? String(value) : valueType(type).jsonb(value);
}

const runs = Number(process.env.VALUE_RUNS ?? 10);

describe.each(types)('values of $name', ({ name, kind, texts, partly }) => {
  const type = sqlType(kind);

  test(`are read and written as Postgres does${partly ? ', where they are read at all' : ''}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 200, size: 'max' }), async (batch) => {
        const theirs = await readByPostgres(database.client, name, batch);
        const ours = batch.map((text) => readByUs(type, text));
        for (const [i, text] of batch.entries()) {
          if (partly && ours[i] === undefined) continue;
          expect({ text, jsonb: ours[i] }).toEqual({ text, jsonb: theirs[i] });
        }
      }),
      { numRuns: runs },
    );
  });

  // JSON can be neither filtered nor ordered.
  if (kind === 'json' || kind === 'jsonb') return;

  test('compare as they do in Postgres', async () => {
    const values = texts.filter((text) => readByUs(type, text) !== undefined);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(values, values), { minLength: 1, maxLength: 100, size: 'max' }),
        async (pairs) => {
          const theirs = await compareByPostgres(database.client, name, pairs);
          const { parse, compare, sortKey } = valueType(type);
          for (const [i, [a, b]] of pairs.entries()) {
            const [valueA, valueB]: [Value | undefined, Value | undefined] = [parse(a), parse(b)];
            if (valueA === undefined || valueB === undefined) throw new Error('both must be values');
            const order = Math.sign(compare(valueA, valueB));
            expect({ a, b, order }).toEqual({ a, b, order: theirs[i] });
            // A smaller key always means a smaller value.
            const byKey = Math.sign(sortKey(valueA) - sortKey(valueB)) || 0;
            expect([0, order]).toContain(byKey);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

test.each([
  ['date', 'date', isoTexts.date],
  ['date', 'date', isoTexts.timestamp],
  ['time', 'time', isoTexts.time],
  ['timestamp', 'timestamp', isoTexts.timestamp],
  ['timestamp', 'timestamp', isoTexts.date],
  ['timestamptz', 'timestamptz', isoTexts.timestamp],
] as const)('ISO 8601 is read as %s wherever Postgres reads it', async (name, kind, texts) => {
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 200, size: 'max' }), async (batch) => {
      const theirs = await readByPostgres(database.client, name, batch);
      for (const [i, text] of batch.entries()) {
        const jsonb = readByUs(sqlType(kind), text);
        expect({ text, jsonb }).toEqual({ text, jsonb: theirs[i] });
      }
    }),
    { numRuns: runs },
  );
});

describe.each(['text', 'int4', 'numeric', 'bool', 'mood'])('lists of %s', (name) => {
  const element = types.find((type) => type.name === name);

  test('are read, written and compared as Postgres does', async () => {
    const type: SqlType = { kind: 'array', element: sqlType(element?.kind ?? 'text') };
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrayTexts(element?.texts ?? storableText), { minLength: 1, maxLength: 200, size: 'max' }),
        async (batch) => {
          const theirs = await readByPostgres(database.client, `${name}[]`, batch);
          const ours = batch.map((text) => readByUs(type, text));
          // Lists of lists are not read.
          const isFlat = (text: string) => !/^\s*\{\s*\{/.test(text);
          for (const [i, text] of batch.entries()) {
            if (isFlat(text)) expect({ text, jsonb: ours[i] }).toEqual({ text, jsonb: theirs[i] });
          }
          const values = batch.filter((_, i) => ours[i] !== undefined);
          const pairs = values.map((a, i): [string, string] => [a, values[i - 1] ?? a]);
          const orders = await compareByPostgres(database.client, `${name}[]`, pairs);
          const { parse, compare, sortKey } = valueType(type);
          for (const [i, [a, b]] of pairs.entries()) {
            const [valueA = [], valueB = []] = [parse(a), parse(b)];
            const order = Math.sign(compare(valueA, valueB));
            expect({ a, b, order }).toEqual({ a, b, order: orders[i] });
            expect([0, order]).toContain(Math.sign(sortKey(valueA) - sortKey(valueB)) || 0);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

describe('dates with the names of days, months and zones', () => {
  const instants = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  const zones = fc.constantFrom(
    ...[
      'GMT',
      'EST',
      'pdt',
      'CEST',
      'JST',
      'AEDT',
      'IST',
      'Europe/Berlin',
      'america/new_york',
      'Asia/Kolkata',
    ],
    ...[
      'America/Argentina/Buenos_Aires',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Etc/GMT+5',
      'Nowhere/Else',
      'XYZ',
    ],
  );
  const texts = fc.oneof(
    instants.map((instant) => instant.toUTCString()),
    fc.tuple(instants, zones).map(([instant, zone]) => {
      const [day = '', number = '', month = '', year = ''] = instant
        .toUTCString()
        .replace(',', '')
        .split(' ');
      return `${day} ${month} ${number} ${instant.toISOString().slice(11, 19)} ${zone} ${year}`;
    }),
    fc.tuple(instants, zones).map(([instant, zone]) => `${instant.toISOString().slice(0, 19)} ${zone}`),
    fc.tuple(instants, zones).map(([instant, zone]) => `${instant.toUTCString().replace('GMT', zone)}`),
    fc.constantFrom(
      ...[
        'Thursday, February 29, 2024',
        'thurs 29 feb 2024 12:00',
        'Thu,29 Feb 2024',
        'Thu 2024-02-29',
        'Thu',
      ],
      ...[
        '2024-03-31 02:30 Europe/Berlin',
        '2024-10-27 02:30 Europe/Berlin',
        '2024-03-10 02:30 America/New_York',
      ],
      ...[
        '2024-11-03 01:30 America/New_York',
        '2011-12-30 12:00 Pacific/Apia',
        'Mon Feb 29 12:00:00 UTC 2024',
      ],
    ),
  );

  test.each(['date', 'timestamp', 'timestamptz'] as const)(
    'are read as %s, wherever they are read at all',
    async (kind) => {
      let read = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 200, size: 'max' }), async (batch) => {
          const theirs = await readByPostgres(database.client, kind, batch);
          for (const [i, text] of batch.entries()) {
            const jsonb = readByUs({ kind }, text);
            if (jsonb === undefined) continue;
            read++;
            expect({ text, jsonb }).toEqual({ text, jsonb: theirs[i] });
          }
        }),
        { numRuns: runs },
      );
      expect(read).toBeGreaterThan(100);
    },
  );

  test.each(['timestamp', 'timestamptz', 'date'] as const)('a %s is read back as it is written', (kind) => {
    const { parse, print } = valueType({ kind });
    for (const text of [
      '0044-03-15 12:30 BC',
      '294276-12-31',
      '2024-02-29 12:00:00.5',
      'infinity',
      '0001-01-01',
    ]) {
      const value = parse(text);
      if (value === undefined) throw new Error(`${text} must be read`);
      expect(parse(String(print(value)))).toEqual(value);
    }
  });

  test('are always read as toUTCString() writes them', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const seconds = Math.floor(instant.getTime() / 1000);
        expect(valueType({ kind: 'timestamptz' }).parse(instant.toUTCString())).toBe(
          BigInt(seconds) * 1_000_000n,
        );
      }),
    );
  });
});

describe('a number of mostly zeros', () => {
  test.each([
    ['1e131071', '1e131071'],
    ['-12.50e2000', '-125e1999'],
    ['1e-16383', '1e-16383'],
    ['0e-16383', '0e0'],
    ['1e401', '1e401'],
    ['1e400', `1${'0'.repeat(400)}`],
    ['5e-324', `0.${'0'.repeat(323)}5`],
  ])('such as %s is printed with an exponent if there are hundreds of them', (text, printed) => {
    const numeric = valueType({ kind: 'numeric' });
    const value = numeric.parse(text);
    if (value === undefined) throw new Error('not a number');
    expect(numeric.print(value)).toBe(printed);
    expect(numeric.jsonb(value)).toBe(printed);
    expect(numeric.compare(numeric.parse(printed) ?? value, value)).toBe(0);
  });

  test('does not make a document much larger than its text', () => {
    const text = `[${'1e131071, '.repeat(5_000)}1]`;
    expect(valueType({ kind: 'jsonb' }).parse(text)).toBe(text);
  });
});

test('a document that is too long for normalizing must be JSON, and stays as it is', () => {
  const long = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ b: i, a: 'x' })));
  const { parse } = valueType({ kind: 'jsonb' });
  expect(parse(long)).toBe(long);
  expect(parse(long.slice(1))).toBeUndefined();
});
