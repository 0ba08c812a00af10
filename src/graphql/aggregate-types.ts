import type { ObjectRef } from '@pothos/core';
import { type ColumnType, isOrderable } from '../model/column-type.ts';
import { namesOfTable } from '../model/generated-names.ts';
import type { Column, Table } from '../model/model.ts';
import type { Aggregates } from '../rows/aggregate/aggregate.ts';
import { aggregateConnection, figureOf } from './aggregate.ts';
import type { Builder, SchemaTypes } from './builder.ts';
import type { Connection } from './collection.ts';
import type { ColumnTypes } from './column-types.ts';
import { type AggregateOperation, means, type OperationColumns } from './field-meaning.ts';
import type { ScalarName } from './scalars.ts';
import { selectedFields } from './selection.ts';
import { SharedResults } from './shared-results.ts';

/** The operations in the order of their fields. */
const operations: readonly AggregateOperation[] = ['sum', 'avg', 'min', 'max'];

type ConnectionRef = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, Connection>;

/** Adds the field `aggregate` to a table's connection, and its types to the schema, named as pg_graphql does. */
export function addAggregate(
  builder: Builder,
  table: Table,
  connection: ConnectionRef,
  columnTypes: ColumnTypes,
): void {
  const numbers = table.columns.filter(isNumeric);
  const extremes = table.columns.filter(hasExtremes);
  const columns: OperationColumns = { sum: numbers, avg: numbers, min: extremes, max: extremes };
  const operationTypes = operations
    .filter((operation) => columns[operation].length > 0)
    .map((operation) => ({
      operation,
      type: addResult(builder, { table, operation, columns: columns[operation] }, columnTypes),
    }));
  const aggregate = builder.objectRef<Aggregates>(namesOfTable(table).aggregate).implement({
    fields: (t) => ({
      count: t.int({
        nullable: false,
        description: 'Number of rows that match the filter.',
        extensions: means({ kind: 'count' }),
        resolve: ({ count }) => count,
      }),
      ...Object.fromEntries(
        operationTypes.map(({ operation, type }) => [
          operation,
          t.field({
            type,
            description: operationDescriptions[operation],
            extensions: means({ kind: 'operation', operation }),
            resolve: (parent) => parent,
          }),
        ]),
      ),
    }),
  });
  /** By their connection. */
  const results = new SharedResults<Promise<Aggregates>>();
  builder.objectField(connection, 'aggregate', (t) =>
    t.field({
      type: aggregate,
      description:
        'Aggregates over all matching rows, ignoring pagination. They are JSON numbers with all their digits, even where their type is BigInt or BigFloat.',
      extensions: means({ kind: 'aggregate', columns }),
      resolve: (parent, _args, { scope }, info) =>
        scope.turns.after(
          results.of(info, parent, () =>
            aggregateConnection(parent, columns, selectedFields(info), scope.pace),
          ),
        ),
    }),
  );
}

interface ResultOptions {
  readonly table: Table;
  readonly operation: AggregateOperation;
  readonly columns: readonly Column[];
}

/** Adds the type of one operation's results. */
function addResult(builder: Builder, { table, operation, columns }: ResultOptions, columnTypes: ColumnTypes) {
  const typeOf = (type: ColumnType) => {
    if (type.kind === 'float4' || type.kind === 'float8' || operation === 'avg') return 'BigFloat';
    return operation === 'sum' ? (sumTypes[type.kind] ?? 'BigFloat') : columnTypes.elementOf(type);
  };
  return builder.objectRef<Aggregates>(namesOfTable(table).results[operation]).implement({
    fields: (t) =>
      Object.fromEntries(
        columns.map((column) => [
          column.fieldName,
          t.field({
            type: typeOf(column.type),
            extensions: means({ kind: 'figure', operation, column }),
            resolve: (aggregates) => figureOf(aggregates, operation, column),
          }),
        ]),
      ),
  });
}

const operationDescriptions: Readonly<Record<AggregateOperation, string>> = {
  sum: 'Sums of the values of each column.',
  avg: 'Averages of the values of each column.',
  min: 'Smallest value of each column.',
  max: 'Largest value of each column.',
};

/** The scalar that pg_graphql uses for Postgres' sum() of each numeric type. */
const sumTypes: Partial<Record<ColumnType['kind'], ScalarName>> = {
  int2: 'BigInt',
  int4: 'BigInt',
  int8: 'BigInt',
  float4: 'BigFloat',
  float8: 'BigFloat',
  numeric: 'BigFloat',
};

function isNumeric({ type }: Column): boolean {
  return type.kind in sumTypes;
}

/** Whether Postgres has min() and max() for the type, and pg_graphql offers them. */
function hasExtremes({ type }: Column): boolean {
  return isOrderable(type) && !['bool', 'uuid', 'enum', 'opaque'].includes(type.kind);
}
