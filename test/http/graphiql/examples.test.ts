import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { generateSchema } from '../../../src/graphql/schema.ts';
import { exampleQueries } from '../../../src/http/graphiql/examples.ts';
import type { Column, Model, Table } from '../../../src/model/model.ts';
import { sampleColumns } from '../../rows/sample-table.ts';

const jsonColumn: Column = {
  name: 'attributes',
  fieldName: 'attributes',
  description: undefined,
  type: { kind: 'jsonb' },
  notNull: false,
  origin: { kind: 'attributes' },
};

const columns: readonly Column[] = [...sampleColumns, jsonColumn];

function table(typeName: string, some: Partial<Table>): Table {
  return {
    schema: 'public',
    name: typeName,
    typeName,
    description: undefined,
    server: 's',
    object: 'users',
    columns,
    key: [],
    totalCount: true,
    aggregate: false,
    maxRows: 30,
    scanAs: undefined,
    countRows: false,
    freshness: { maxAgeMs: undefined, staleWhileRevalidateMs: undefined, refreshMs: undefined },
    relations: [],
    policies: undefined,
    ...some,
  };
}

function modelOf(tables: readonly Table[]): Model {
  return { tables, problems: [], introspection: undefined };
}

const anyTable = fc
  .record({
    columns: fc.subarray([...columns], { minLength: 1 }),
    totalCount: fc.boolean(),
    aggregate: fc.boolean(),
    keyLength: fc.nat(2),
    relates: fc.constantFrom('one', 'many', undefined),
  })
  .map(({ keyLength, relates, ...some }): Table => {
    const key = some.columns.filter(({ type }) => type.kind !== 'jsonb').slice(0, keyLength);
    const name = some.columns[0]?.name ?? '';
    return table('Row', {
      ...some,
      key,
      relations: relates
        ? [
            {
              fieldName: 'others',
              table: { schema: 'public', name: 'Row' },
              columns: [name],
              otherColumns: [name],
              cardinality: relates,
            },
          ]
        : [],
    });
  });

describe('the examples of GraphiQL', () => {
  test('are valid queries of whatever the tables have', () => {
    fc.assert(
      fc.property(anyTable, (row) => {
        const schema = generateSchema(modelOf([row]), { federation: false });
        for (const { query, key } of exampleQueries([row])) {
          expect(validate(schema, parse(query))).toEqual([]);
          if (key) expect(validate(schema, parse(key.query))).toEqual([]);
        }
      }),
    );
  });

  test('are a page, a filter with an order, figures and one row by its key', () => {
    const username = columns.filter(({ name }) => name === 'username');
    const examples = exampleQueries([table('User', { key: username, aggregate: true })]);
    expect(examples.map(({ query }) => /query (\w+)/.exec(query)?.[1])).toEqual([
      'FirstPage',
      'FilterAndOrder',
      'Figures',
      'OneRow',
    ]);
  });

  test('of tables that refer to each other show rows of both', () => {
    const username = columns.filter(({ name }) => name === 'username');
    const order = table('Order', {
      relations: [
        {
          fieldName: 'customer',
          table: { schema: 'public', name: 'User' },
          columns: ['name'],
          otherColumns: ['username'],
          cardinality: 'one',
        },
      ],
    });
    const [, , related] = exampleQueries([table('User', { key: username }), order]);
    expect(related?.query).toMatch(/orderCollection[\s\S]*customer \{[\s\S]*username/);
  });

  test('have a placeholder for the key, and say how to find one', () => {
    const key = columns.filter(({ name }) => name === 'username' || name === 'age');
    const example = exampleQueries([table('User', { key })]).at(-1);
    expect(example?.query).toContain(`userByPk(${example?.key?.placeholder})`);
    expect(example?.key).toMatchObject({
      query: '{ userCollection(first: 1) { edges { node { username age } } } }',
      placeholder: 'username: "…", age: 0',
    });
  });

  test('are valid even if the name of a table contains line breaks', () => {
    const schema = generateSchema(modelOf([table('Row', {})]), { federation: false });
    for (const { query } of exampleQueries([table('Row', { name: 'a\n}\u2028b' })])) {
      expect(validate(schema, parse(query))).toEqual([]);
    }
  });

  test('explain why there is nothing to query if there are no tables', () => {
    const [example, ...more] = exampleQueries([]);
    expect(example?.query).toContain('Your role may read no foreign table');
    expect(more).toEqual([]);
  });
});
