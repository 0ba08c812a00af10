import {
  coerceInputValue,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  isInputType,
  isObjectType,
} from 'graphql';
import type { Value } from '../columns/column.ts';
import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { keyOf, parseNodeId } from '../plan/key.ts';
import { toOperand } from '../plan/operand.ts';
import type { Builder } from './builder.ts';
import type { RowNode } from './collection.ts';
import { rowByKey } from './query-type.ts';
import type { RequestScope } from './request-scope.ts';
import type { TableTypes } from './table-types.ts';

/**
 * Adds the field `_entities` of a subgraph, by which a router gets the rows that other subgraphs refer to:
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_entities
 */
export function addEntities(builder: Builder, tables: readonly TableTypes[]): void {
  const entities = tables.filter(({ table }) => table.key.length > 0);
  if (entities.length === 0) return;
  const tablesByType: ReadonlyMap<unknown, Table> = new Map(
    entities.map(({ table }) => [table.typeName, table]),
  );
  builder.addScalarType(
    '_Any',
    new GraphQLScalarType({ name: '_Any', description: 'An object with a `__typename` and a key.' }),
  );
  const entity = builder.unionType('_Entity', {
    description: 'Whatever a key identifies.',
    types: entities.map(({ node }) => node),
    resolveType: ({ table }) => table.typeName,
  });
  builder.queryField('_entities', (t) =>
    t.field({
      type: [entity],
      nullable: { list: false, items: true },
      description: 'The rows that have the keys, in their order; null where there is none.',
      args: { representations: t.arg({ type: ['_Any'], required: true }) },
      // Each is a promise of its own, so that one that cannot be read leaves the others their answers, and all of
      // them ask the same loader.
      resolve: (_root, { representations }, { scope }, info) =>
        representations.map((representation, i) =>
          resolveEntity(representation, `representations.${i}`, { tablesByType, scope, info }),
        ),
    }),
  );
}

interface Resolution {
  readonly tablesByType: ReadonlyMap<unknown, Table>;
  readonly scope: RequestScope;
  readonly info: GraphQLResolveInfo;
}

async function resolveEntity(
  representation: unknown,
  path: string,
  { tablesByType, scope, info }: Resolution,
): Promise<RowNode | null> {
  if (!isRecord(representation)) {
    throw new BadUserInputError(path, `${path} must be an object, but got ${describe(representation)}`);
  }
  const typeName = representation.__typename;
  const table = tablesByType.get(typeName);
  if (!table) {
    throw new BadUserInputError(
      `${path}.__typename`,
      `${path}.__typename must be a type of this API that has a key, but got ${describe(typeName)}`,
    );
  }
  return rowByKey(table, readKey(table, representation, path, info), scope);
}

/** The values of the key's columns that a representation gives, as fields of their own or in a nodeId. */
function readKey(
  table: Table,
  representation: Representation,
  path: string,
  info: GraphQLResolveInfo,
): readonly (Value | null)[] {
  if (table.key.every(({ fieldName }) => Object.hasOwn(representation, fieldName))) {
    return table.key.map((column) => {
      const { fieldName } = column;
      return readKeyField(table, column, representation[fieldName], `${path}.${fieldName}`, info);
    });
  }
  if (Object.hasOwn(representation, 'nodeId')) {
    return keyOf(table, parseNodeId(representation.nodeId, `${path}.nodeId`), `${path}.nodeId`);
  }
  const names = table.key.map(({ fieldName }) => fieldName).join(' and ');
  const given = Object.keys(representation).filter((name) => name !== '__typename');
  throw new BadUserInputError(
    path,
    `${path} must hold a key of ${table.typeName}, which is ${names}, or nodeId, but holds ${given.join(', ') || 'none'}`,
  );
}

/** A value of a key's field, as strict on its type as an argument of that type would be. */
function readKeyField(
  { typeName }: Table,
  column: Column,
  value: unknown,
  path: string,
  { schema }: GraphQLResolveInfo,
): Value | null {
  const object = schema.getType(typeName);
  const type = isObjectType(object) ? object.getFields()[column.fieldName]?.type : undefined;
  if (!isInputType(type)) throw new Error(`${typeName}.${column.fieldName} must be of an input type`);
  const coerced: unknown = coerceInputValue(value, type, () => {
    throw new BadUserInputError(path, `${path} must be a value of type ${type}, but got ${describe(value)}`);
  });
  return toOperand(column.type, coerced, path);
}

type Representation = { readonly [field: string]: unknown };

function isRecord(value: unknown): value is Representation {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters of a refused value that an error repeats. */
const shownLength = 100;

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
