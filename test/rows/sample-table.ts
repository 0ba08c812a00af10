import fc from 'fast-check';
import type { ColumnType, ElementType, EnumType } from '../../src/model/column-type.ts';
import type { Column, Table } from '../../src/model/model.ts';

import { SnapshotBuilder } from '../../src/snapshot/builder.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { Field, SourceRecord } from '../../src/source/source.ts';
import { valueType } from '../../src/values/type/registry.ts';
import type { ScalarKind } from '../../src/values/type/sql-type.ts';
import { storableText } from '../values/weird-text.ts';

const mood: EnumType = {
  kind: 'enum',
  schema: 'public',
  name: 'mood',
  labels: ['sad', 'ok', 'HAPPY'],
  valueNames: ['sad', 'ok', 'HAPPY'],
  description: undefined,
  typeName: 'Mood',
};

/** A column of the sample table: what Postgres calls its type, and texts that its attribute may have. */
export interface SampleColumn extends Column {
  readonly sqlType: string;
  readonly texts: fc.Arbitrary<string>;
}

const fields: readonly Field[] = [
  { name: 'username', type: 'text' },
  { name: 'enabled', type: 'boolean' },
  { name: 'created_at', type: 'timestamp' },
];

/** Texts that occur again and again, so that rows are equal in some columns and filters match some rows. */
const few = (...texts: string[]) => fc.constantFrom(...texts);

const identityTexts = storableText.filter((text) => text !== '');
const one = '0b1f7a52-0000-4000-8000-00000000000a';
const uuids = few(
  '0b1f7a52-0000-4000-8000-00000000000a',
  'FFFFFFFF-ffff-4fff-8fff-ffffffffffff',
  '0b1f7a52000040008000000000000001',
);
const instants = few(
  '2024-02-29T12:00:00Z',
  '2024-02-29 12:00:00.5',
  '1999-12-31 23:59:60',
  '0044-03-15 BC',
  'infinity',
);

/** Every type that can be filtered or ordered, some from several encodings. */
export const sampleColumns: readonly SampleColumn[] = [
  fieldColumn('username', 'text', 'username'),
  attributeColumn('name', 'text', storableText),
  attributeColumn('tag', 'text', few('a', 'A', 'b', 'é', 'É', 'aé', '%', 'a_b', '', 'ab\n', '😀', '\uffff')),
  attributeColumn('nick', 'citext', few('Ab', 'aB', 'ab', 'b', 'É', 'é', '')),
  attributeColumn('code', 'bpchar', few('a', 'a ', 'a  ', 'A', 'b\t', ' ', '')),
  attributeColumn('active', 'bool', few('true', 'f', 'on', '0')),
  attributeColumn('small', 'int2', few('0', '-7', '7', '32767', ' 12 ')),
  attributeColumn('age', 'int4', few('0', '18', '-0', '2147483647', '99')),
  attributeColumn('big', 'int8', few('9007199254740993', '9007199254740992', '-1', '0')),
  attributeColumn('ratio', 'float4', few('0.1', '1e10', 'NaN', '-Infinity', '0', '-0')),
  attributeColumn('score', 'float8', few('0.1', '0.30000000000000004', 'NaN', 'Infinity', '-1e300')),
  attributeColumn(
    'balance',
    'numeric',
    few('1.0', '1.00', '-0.5', '1e3', '12345678901234567890.1', 'NaN', '-inf'),
  ),
  attributeColumn('external', 'uuid', fc.oneof(uuids, fc.uuid())),
  attributeColumn('subject', 'uuid', fc.uuid()),
  attributeColumn('born', 'date', few('2024-02-29', '1999-12-31', '0044-03-15 BC', '-infinity', '19991231')),
  attributeColumn('wakes', 'time', few('07:30', '07:30:00.5', '24:00', '00:00', '7:30 AM')),
  attributeColumn('seen', 'timestamp', instants),
  attributeColumn('expires', 'timestamptz', instants),
  attributeColumn('mood', 'enum', few('sad', 'ok', 'HAPPY'), 'mood'),
  attributeColumn('token', 'opaque', few('x', 'y', 'Y'), 'text'),
  attributeColumn('tags', 'text', few('{}', '{a}', '{a,b}', '{b,NULL}', '{"A"}'), 'text[]', true),
  attributeColumn('counts', 'int4', few('{1,2}', '{2,1}', '{NULL}', '{3}'), 'int4[]', true),
  attributeColumn('flags', 'bool', few('{}', '{t}', '{t,f}', '{NULL}'), 'bool[]', true),
  attributeColumn('bigs', 'int8', few('{9007199254740993}', '{1,9007199254740992}', '{1}'), 'int8[]', true),
  attributeColumn('ratios', 'float8', few('{NaN,1}', '{0.1}', '{-0,0}', '{Infinity}'), 'float8[]', true),
  attributeColumn('prices', 'numeric', few('{1.0,2}', '{1.00}', '{NaN}', '{}'), 'numeric[]', true),
  attributeColumn('links', 'uuid', few(`{${one}}`, `{${one.toUpperCase()},NULL}`, '{}'), 'uuid[]', true),
  attributeColumn('days', 'date', few('{2024-02-29}', '{20240229,1999-12-31}', '{}'), 'date[]', true),
  attributeColumn('hours', 'time', few('{07:30}', '{"7:30 AM",24:00}', '{}'), 'time[]', true),
  attributeColumn(
    'stamps',
    'timestamptz',
    few('{2024-02-29T12:00:00Z}', '{infinity}'),
    'timestamptz[]',
    true,
  ),
  attributeColumn('moods', 'enum', few('{sad,ok}', '{ok}', '{NULL,HAPPY}', '{}'), 'mood[]', true),
  attributeColumn('nicks', 'citext', few('{a,B}', '{A}', '{b}', '{}'), 'citext[]', true),
  attributeColumn('codes', 'bpchar', few('{a}', '{"a "}', '{b,a}', '{}'), 'bpchar[]', true),
  declared(attributeColumn('short', 'text', few('a', 'ab', 'abc', 'éé', '')), 'varchar(3)', 3 + 4),
  declared(
    attributeColumn('price', 'numeric', few('1.05', '1.1', '99', '-0.05')),
    'numeric(4,1)',
    (4 << 16) + 1 + 4,
  ),
  declared(attributeColumn('minute', 'timestamp', instants), 'timestamp(0)', 0),
  declared(fieldColumn('created_s', 'timestamp', 'created_at'), 'timestamp(0)', 0),
  fieldColumn('enabled', 'bool', 'enabled'),
  fieldColumn('created_at', 'timestamp', 'created_at'),
  { ...fieldColumn('created_tz', 'timestamptz', 'created_at') },
  { ...fieldColumn('created_on', 'date', 'created_at') },
];

/** The column, declared with a modifier as Postgres' catalog has it. */
function declared(column: SampleColumn, sqlType: string, modifier: number): SampleColumn {
  if (column.type.kind === 'enum' || column.type.kind === 'array') throw new Error('there must be a scalar');
  return { ...column, sqlType, type: { ...column.type, modifier } };
}

/** The sample table in SQL, and the types it needs. */
export const createSample = [
  `create extension citext; create type mood as enum ('sad', 'ok', 'HAPPY');`,
  `create table sample (${sampleColumns.map(({ name, sqlType }) => `${name} ${sqlType}`).join(', ')});`,
].join('\n');

function attributeColumn(
  name: string,
  kind: ElementType['kind'],
  texts: fc.Arbitrary<string>,
  sqlType: string = kind,
  array = false,
): SampleColumn {
  const element: ElementType = kind === 'enum' ? mood : { kind };
  return column(name, array ? { kind: 'array', element } : element, sqlType, texts, {
    kind: 'attribute',
    attribute: name,
  });
}

function fieldColumn(name: string, kind: ScalarKind, field: string): SampleColumn {
  const texts =
    kind === 'text'
      ? identityTexts
      : kind === 'bool'
        ? few('true', 'false')
        : few('2024-02-29', '2024-02-29 12:00:00.123', '1970-01-01 00:00:00.001', '2024-02-29 12:00:00.1235');
  return column(name, { kind }, kind, texts, { kind: 'field', field });
}

function column(
  name: string,
  type: ColumnType,
  sqlType: string,
  texts: fc.Arbitrary<string>,
  origin: Column['origin'],
): SampleColumn {
  return { name, fieldName: name, description: undefined, notNull: false, type, origin, sqlType, texts };
}

/** The sample table, with the username as its key or without any. */
export function sampleTable(hasKey: boolean): Table {
  return {
    schema: 'public',
    name: 'sample',
    typeName: 'sample',
    description: undefined,
    server: 'server',
    object: 'users',
    columns: sampleColumns,
    key: hasKey ? sampleColumns.slice(0, 1) : [],
    totalCount: true,
    aggregate: true,
    maxRows: 30,
    scanAs: undefined,
    countRows: false,
    freshness: { maxAgeMs: undefined, staleWhileRevalidateMs: undefined, refreshMs: undefined },
    relations: [],
    policies: undefined,
  };
}

/** A row as its source has it; attributes that are left out are NULL. */
export interface SampleRow {
  readonly username: string;
  readonly enabled: boolean | null;
  readonly created_at: number | null;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

const attributes = fc.record(
  Object.fromEntries(
    sampleColumns
      .filter(({ origin }) => origin.kind === 'attribute')
      .map(({ name, texts, type }) => [
        name,
        type.kind === 'text'
          ? texts
          : fc.oneof({ weight: 20, arbitrary: texts }, { weight: 1, arbitrary: fc.constant('oops') }),
      ]),
  ),
  { requiredKeys: [] },
);

/** Any row. */
export const sampleRow: fc.Arbitrary<SampleRow> = fc.record({
  username: identityTexts,
  enabled: fc.constantFrom(true, false, null),
  created_at: fc.constantFrom(0, 1, 1_709_208_000_000, 1_709_208_000_123, null),
  attributes,
});

/** Rows with distinct usernames. */
export const sampleRows: fc.Arbitrary<readonly SampleRow[]> = fc.uniqueArray(sampleRow, {
  selector: ({ username }) => username,
  maxLength: 40,
});

/** The rows as a snapshot has them. */
export function sampleStore(rows: readonly SampleRow[]): Promise<Snapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add(rows.map(toRecord));
  return builder.finish({ startedAt: 0, pages: 0, requests: 0, throttles: 0, durationMs: 0 });
}

function toRecord({ username, enabled, created_at, attributes }: SampleRow): SourceRecord {
  return {
    fields: [username, enabled, created_at],
    attributes: Object.entries(attributes).map(([name, text]) => [name, text ?? null]),
  };
}

/** The text of each column of a row, as Postgres would read it; null where it has none, or none of the type. */
export function sqlRow(row: SampleRow): Readonly<Record<string, string | null>> {
  return Object.fromEntries(sampleColumns.map((column) => [column.name, sqlText(row, column)]));
}

function sqlText(row: SampleRow, { name, origin, type }: SampleColumn): string | null {
  const text = origin.kind === 'field' ? fieldText(row, origin.field) : (row.attributes[name] ?? null);
  return text !== null && valueType(type).parse(text) === undefined ? null : text;
}

function fieldText({ username, enabled, created_at }: SampleRow, field: string): string | null {
  if (field === 'username') return username;
  if (field === 'enabled') return enabled === null ? null : String(enabled);
  return created_at === null ? null : new Date(created_at).toISOString();
}
