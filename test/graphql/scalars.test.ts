import { isScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { generateSchema } from '../../src/graphql/schema.ts';
import type { ScalarKind } from '../../src/values/type/sql-type.ts';
import { sampleTable } from '../rows/sample-table.ts';

const kinds = ['int8', 'numeric', 'uuid', 'date', 'time', 'timestamptz'] as const;

const schema = generateSchema(
  {
    tables: [
      {
        ...sampleTable(true),
        columns: kinds.map((kind) => ({
          name: kind,
          fieldName: kind,
          description: undefined,
          notNull: false,
          type: { kind },
          origin: { kind: 'attribute', attribute: kind },
        })),
        key: [],
        relations: [],
      },
    ],
    problems: [],
    introspection: undefined,
  },
  { federation: false },
);

const names: Readonly<Partial<Record<ScalarKind, string>>> = {
  int8: 'BigInt',
  numeric: 'BigFloat',
  uuid: 'UUID',
  date: 'Date',
  time: 'Time',
  timestamptz: 'Datetime',
};

test.each(kinds)('a text of thousands of characters is no %s, and is not read', (kind) => {
  const scalar = schema.getType(names[kind] ?? '');
  if (!isScalarType(scalar)) throw new Error('the schema has the scalar');
  for (const text of ['0'.repeat(5_000), `0x${'f'.repeat(500_000)}`, ' '.repeat(500_000)]) {
    expect(() => scalar.parseValue(text)).toThrow(/ must be /);
  }
});
