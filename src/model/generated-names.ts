import type { EnumType } from './column-type.ts';
import type { Table } from './model.ts';
import { lowerFirst } from './name.ts';

/** The names of everything that a GraphQL schema contains for one table. */
export interface TableNames {
  readonly type: string;
  readonly connection: string;
  readonly edge: string;
  readonly filter: string;
  readonly orderBy: string;
  readonly aggregate: string;
  /** The result type of each aggregate function. */
  readonly results: Readonly<Record<Figure, string>>;
  /** The field of `Query` that returns pages. */
  readonly collectionField: string;
  /** The field of `Query` that returns a row by its key. */
  readonly byPkField: string;
}

/** The aggregate functions over a column. */
export type Figure = 'sum' | 'avg' | 'min' | 'max';

/** The names that a table adds to a schema. */
export function namesOfTable({ typeName }: Pick<Table, 'typeName'>): TableNames {
  return {
    type: typeName,
    connection: `${typeName}Connection`,
    edge: `${typeName}Edge`,
    filter: `${typeName}Filter`,
    orderBy: `${typeName}OrderBy`,
    aggregate: `${typeName}Aggregate`,
    results: {
      sum: `${typeName}SumAggregateResult`,
      avg: `${typeName}AvgAggregateResult`,
      min: `${typeName}MinAggregateResult`,
      max: `${typeName}MaxAggregateResult`,
    },
    collectionField: `${lowerFirst(typeName)}Collection`,
    byPkField: `${lowerFirst(typeName)}ByPk`,
  };
}

/** The names of an element type and of its filters. */
export interface ElementNames {
  readonly type: string;
  readonly filter: string;
  readonly listFilter: string;
}

/**
 * The names that an enum adds to a schema.
 *
 * @param prefix put before each name, if every table has types of its own
 */
export function namesOfEnum({ typeName }: Pick<EnumType, 'typeName'>, prefix = ''): ElementNames {
  return { type: `${prefix}${typeName}`, ...filterNames(typeName, prefix) };
}

/** The names of the filters for columns of a scalar or an enum. */
export function filterNames(elementName: string, prefix = ''): Omit<ElementNames, 'type'> {
  return { filter: `${prefix}${elementName}Filter`, listFilter: `${prefix}${elementName}ListFilter` };
}

/** The names of the input types that all tables share. */
export interface SharedInputNames {
  readonly filterIs: string;
  readonly orderByDirection: string;
  readonly idFilter: string;
}

/** @param prefix as for `namesOfEnum` */
export function sharedInputNames(prefix = ''): SharedInputNames {
  return {
    filterIs: `${prefix}FilterIs`,
    orderByDirection: `${prefix}OrderByDirection`,
    idFilter: `${prefix}IDFilter`,
  };
}

/** The scalars of columns. */
const columnScalars = [
  ...['String', 'Int', 'Float', 'Boolean', 'BigInt', 'BigFloat', 'UUID', 'Date', 'Time', 'Datetime', 'JSON'],
  'Opaque',
];

/** The input types that a schema has for scalar columns. */
export function scalarInputNames(prefix = ''): readonly string[] {
  return [
    ...Object.values(sharedInputNames(prefix)),
    ...columnScalars.flatMap((name) => Object.values(filterNames(name, prefix))),
  ];
}

/** The types that any schema of the gateway may have, regardless of its tables. */
export const reservedTypeNames: readonly string[] = [
  ...['Query', 'Mutation', 'Subscription', 'Node', 'PageInfo', 'ID', 'Cursor', ...columnScalars],
  ...scalarInputNames(),
  // Those of a subgraph: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
  ...['_Entity', '_Service', '_Any', 'FieldSet', 'link__Import', 'link__Purpose'],
  ...['FieldSet', 'Scope', 'Policy', 'ContextFieldValue'].map((name) => `federation__${name}`),
];
