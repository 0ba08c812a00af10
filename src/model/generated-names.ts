import type { EnumType } from './column-type.ts';
import type { Table } from './model.ts';
import { lowerFirst } from './name.ts';

/** The names of everything that a schema has for one table. */
export interface TableNames {
  readonly type: string;
  readonly connection: string;
  readonly edge: string;
  readonly filter: string;
  readonly orderBy: string;
  readonly aggregate: string;
  /** The types of each figure's results. */
  readonly results: Readonly<Record<Figure, string>>;
  /** The field of `Query` that returns pages. */
  readonly collectionField: string;
  /** The field of `Query` that returns the row with a key. */
  readonly byPkField: string;
}

/** What an aggregate can tell of a column. */
export type Figure = 'sum' | 'avg' | 'min' | 'max';

/** The names that a table brings to a schema. */
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

/** The names of the type of a column's values, and of the filters on it. */
export interface ElementNames {
  readonly type: string;
  readonly filter: string;
  readonly listFilter: string;
}

/**
 * The names that an enum brings to a schema.
 *
 * @param prefix what they begin with where the types of one table are kept apart from those of others
 */
export function namesOfEnum({ typeName }: Pick<EnumType, 'typeName'>, prefix = ''): ElementNames {
  return { type: `${prefix}${typeName}`, ...filterNames(typeName, prefix) };
}

/** The names of the filters on columns of a scalar or an enum. */
export function filterNames(elementName: string, prefix = ''): Omit<ElementNames, 'type'> {
  return { filter: `${prefix}${elementName}Filter`, listFilter: `${prefix}${elementName}ListFilter` };
}

/** The names of what filters and orders of all tables share. */
export interface SharedInputNames {
  readonly filterIs: string;
  readonly orderByDirection: string;
  readonly idFilter: string;
}

/** @param prefix as of `namesOfEnum` */
export function sharedInputNames(prefix = ''): SharedInputNames {
  return {
    filterIs: `${prefix}FilterIs`,
    orderByDirection: `${prefix}OrderByDirection`,
    idFilter: `${prefix}IDFilter`,
  };
}

/** The scalars that columns can have. */
const columnScalars = [
  ...['String', 'Int', 'Float', 'Boolean', 'BigInt', 'BigFloat', 'UUID', 'Date', 'Time', 'Datetime', 'JSON'],
  'Opaque',
];

/** The types that a schema has for columns of scalars, apart from the scalars themselves. */
export function scalarInputNames(prefix = ''): readonly string[] {
  return [
    ...Object.values(sharedInputNames(prefix)),
    ...columnScalars.flatMap((name) => Object.values(filterNames(name, prefix))),
  ];
}

/** The types that any schema of the gateway may have, whatever its tables. */
export const reservedTypeNames: readonly string[] = [
  ...['Query', 'Mutation', 'Subscription', 'Node', 'PageInfo', 'ID', 'Cursor', ...columnScalars],
  ...scalarInputNames(),
  // Of a subgraph: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
  ...['_Entity', '_Service', '_Any', 'FieldSet', 'link__Import', 'link__Purpose'],
  ...['FieldSet', 'Scope', 'Policy', 'ContextFieldValue'].map((name) => `federation__${name}`),
];
