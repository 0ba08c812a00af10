import type { ObjectRef } from '@pothos/core';
import { type ColumnType, isOrderable } from '../model/column-type.ts';
import { namesOfTable } from '../model/generated-names.ts';
import type { Column, Table } from '../model/model.ts';
import { type Aggregates, aggregateRows } from '../rows/aggregate/aggregate.ts';
import type { Builder, SchemaTypes } from './builder.ts';
import type { Connection } from './collection.ts';
import type { ColumnTypes } from './column-types.ts';
import type { ScalarName } from './scalars.ts';
import { selectedFields } from './selection.ts';

type ConnectionRef = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, Connection>;

/** Adds the field `aggregate` to a table's connection, and its types to the schema, named as pg_graphql does. */
export function addAggregate(
  builder: Builder,
  table: Table,
  connection: ConnectionRef,
  columnTypes: ColumnTypes,
): void {
  const names = namesOfTable(table);
  const operations = [
    {
      name: 'sum',
      columns: table.columns.filter(isNumeric),
      typeOf: ({ kind }: ColumnType) => sumTypes[kind] ?? 'BigFloat',
    },
    { name: 'avg', columns: table.columns.filter(isNumeric), typeOf: (): ScalarName => 'BigFloat' },
    {
      name: 'min',
      columns: table.columns.filter(hasExtremes),
      typeOf: (type: ColumnType) => columnTypes.elementOf(type),
    },
    {
      name: 'max',
      columns: table.columns.filter(hasExtremes),
      typeOf: (type: ColumnType) => columnTypes.elementOf(type),
    },
  ] as const;
  const results = operations
    .filter(({ columns }) => columns.length > 0)
    .map(({ name, columns, typeOf }) => {
      const type = builder.objectRef<Aggregates>(names.results[name]).implement({
        fields: (t) =>
          Object.fromEntries(
            columns.map((column) => [
              column.fieldName,
              t.field({
                type: typeOf(column.type),
                resolve: (aggregates) => aggregates[name].get(column) ?? null,
              }),
            ]),
          ),
      });
      return { name, columns, type };
    });
  const aggregate = builder.objectRef<Aggregates>(names.aggregate).implement({
    fields: (t) => ({
      count: t.int({
        nullable: false,
        description: 'How many rows the filter matches.',
        resolve: ({ count }) => count,
      }),
      ...Object.fromEntries(
        results.map(({ name, type }) => [
          name,
          t.field({ type, nullable: false, resolve: (parent) => parent }),
        ]),
      ),
    }),
  });
  builder.objectField(connection, 'aggregate', (t) =>
    t.field({
      type: aggregate,
      nullable: false,
      description: 'Figures on all rows that the filter matches, before paging.',
      resolve: ({ view, rows }, _args, { scope }, info) => {
        const selected = selectedFields(info);
        const columnsOf = (operation: 'sum' | 'avg' | 'min' | 'max'): readonly Column[] =>
          (selected.has(operation) && results.find(({ name }) => name === operation)?.columns) || [];
        return aggregateRows(
          view,
          {
            ...rows,
            sum: columnsOf('sum'),
            avg: columnsOf('avg'),
            min: columnsOf('min'),
            max: columnsOf('max'),
          },
          scope.pace,
        );
      },
    }),
  );
}

/** What Postgres' sum() makes of each numeric type. */
const sumTypes: Partial<Record<ColumnType['kind'], ScalarName>> = {
  int2: 'BigInt',
  int4: 'BigInt',
  int8: 'BigFloat',
  float4: 'Float',
  float8: 'Float',
  numeric: 'BigFloat',
};

function isNumeric({ type }: Column): boolean {
  return type.kind in sumTypes;
}

/** Whether Postgres has min() and max() of the type, and pg_graphql offers them. */
function hasExtremes({ type }: Column): boolean {
  return isOrderable(type) && !['bool', 'uuid', 'enum', 'opaque'].includes(type.kind);
}
