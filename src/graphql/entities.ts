import {
  type GraphQLLeafType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  getNullableType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { keyOf, parseNodeId } from '../plan/key.ts';
import { toOperand } from '../plan/operand.ts';
import type { Value } from '../values/value.ts';
import type { Builder } from './builder.ts';
import type { RowNode } from './collection.ts';
import type { Key, RequestScope } from './request-scope.ts';
import type { TableTypes } from './table-types.ts';

/**
 * Adds the field `_entities` of a subgraph, by which a router gets the rows that other subgraphs refer to:
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_entities
 */
export function addEntities(builder: Builder, tables: readonly TableTypes[]): void {
  const withKeys = tables.filter(({ table }) => table.key.length > 0);
  if (withKeys.length === 0) return;
  const entities: ReadonlyMap<unknown, Entity> = new Map(
    withKeys.map(({ table }) => [table.typeName, new Entity(table)]),
  );
  builder.addScalarType(
    '_Any',
    new GraphQLScalarType({ name: '_Any', description: 'An object with a `__typename` and a key.' }),
  );
  const union = builder.unionType('_Entity', {
    description: 'Whatever a key identifies.',
    types: withKeys.map(({ node }) => node),
    resolveType: ({ table }) => table.typeName,
  });
  builder.queryField('_entities', (t) =>
    t.field({
      type: [union],
      nullable: { list: false, items: true },
      description: 'The rows that have the keys, in their order; null where there is none.',
      args: { representations: t.arg({ type: ['_Any'], required: true }) },
      resolve: (_root, { representations }, { scope }, info) =>
        resolveEntities(representations, { entities, scope, info }),
    }),
  );
}

interface Resolution {
  readonly entities: ReadonlyMap<unknown, Entity>;
  readonly scope: RequestScope;
  readonly info: GraphQLResolveInfo;
}

/** An entity's row, null where there is none, or a rejection of its own, which leaves the others their answers. */
type Outcome = RowNode | null | Promise<never>;

/** Finds all rows of a table in one pass. Values rather than promises, since a promise each would cost the most. */
async function resolveEntities(
  representations: readonly unknown[],
  resolution: Resolution,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = representations.map(() => null);
  const wanted = new Map<Table, { readonly places: number[]; readonly keys: Key[] }>();
  for (const [place, representation] of representations.entries()) {
    try {
      const { table, key } = readReference(representation, `representations.${place}`, resolution);
      const { places, keys } = wanted.get(table) ?? { places: [], keys: [] };
      if (places.length === 0) wanted.set(table, { places, keys });
      places.push(place);
      keys.push(key);
    } catch (error) {
      outcomes[place] = rejection(error);
    }
  }
  const { scope } = resolution;
  const findRowsOf = async ([table, { places, keys }]: [Table, { places: number[]; keys: Key[] }]) => {
    try {
      const found = await scope.rowsByKeys(table, table.key, keys);
      const view = await scope.view(table);
      for (const [i, place] of places.entries()) {
        const row = found[i]?.[0];
        outcomes[place] = row === undefined ? null : { table, view, row };
      }
    } catch (error) {
      for (const place of places) outcomes[place] = rejection(error);
    }
  };
  await Promise.all([...wanted].map(findRowsOf));
  return outcomes;
}

/** A rejection that the executor handles when it comes to it. */
function rejection(error: unknown): Promise<never> {
  const rejected: Promise<never> = Promise.reject(error);
  rejected.catch(() => undefined);
  return rejected;
}

/** @throws BadUserInputError where the representation is none of an entity */
function readReference(
  representation: unknown,
  path: string,
  { entities, info }: Resolution,
): { readonly table: Table; readonly key: Key } {
  if (!isRecord(representation)) {
    throw new BadUserInputError(path, `${path} must be an object, but got ${describe(representation)}`);
  }
  const entity = entities.get(representation.__typename);
  if (!entity) {
    throw new BadUserInputError(
      `${path}.__typename`,
      `${path}.__typename must be a type of this API that has a key, but got ${describe(representation.__typename)}`,
    );
  }
  return { table: entity.table, key: entity.readKey(representation, path, info) };
}

/** A field of a key, and the type whose values it takes. */
interface KeyField {
  readonly column: Column;
  readonly type: GraphQLLeafType;
  readonly nullable: boolean;
}

/** A table with a key, as other subgraphs refer to its rows. */
class Entity {
  readonly table: Table;
  #fields: readonly KeyField[] | undefined;

  constructor(table: Table) {
    this.table = table;
  }

  /** The values of the key's columns that a representation gives, as fields of their own or in a nodeId. */
  readKey(representation: Representation, path: string, info: GraphQLResolveInfo): readonly (Value | null)[] {
    this.#fields ??= keyFields(this.table, info);
    const fields = this.#fields;
    if (fields.length > 0 && fields.every(({ column }) => Object.hasOwn(representation, column.fieldName))) {
      return fields.map((field) => readKeyField(field, representation, path));
    }
    if (Object.hasOwn(representation, 'nodeId')) {
      return keyOf(this.table, parseNodeId(representation.nodeId, `${path}.nodeId`), `${path}.nodeId`);
    }
    const names = fields.map(({ column }) => column.fieldName).join(' and ');
    const given = Object.keys(representation).filter((name) => name !== '__typename');
    throw new BadUserInputError(
      path,
      `${path} must hold a key of ${this.table.typeName}, which is ${names && `${names}, or `}nodeId, but holds ${given.join(', ') || 'none'}`,
    );
  }
}

/** The fields of the key; none where a list is among them, which no key in federation can have. */
function keyFields({ typeName, key }: Table, { schema }: GraphQLResolveInfo): readonly KeyField[] {
  if (key.some(({ type }) => type.kind === 'array')) return [];
  const object = schema.getType(typeName);
  return key.map((column) => {
    const declared = isObjectType(object) ? object.getFields()[column.fieldName]?.type : undefined;
    const type = getNullableType(declared);
    if (!isLeafType(type)) throw new Error(`the key of ${typeName} must be of scalars and enums`);
    return { column, type, nullable: !column.notNull };
  });
}

/** A value of a key's field, as strict on its type as an argument of that type would be. */
function readKeyField(
  { column, type, nullable }: KeyField,
  representation: Representation,
  path: string,
): Value | null {
  const value = representation[column.fieldName];
  const parsed = value === null && nullable ? null : parseLeaf(type, value);
  const ownPath = `${path}.${column.fieldName}`;
  if (parsed !== undefined) return toOperand(column.type, parsed, ownPath);
  throw new BadUserInputError(
    ownPath,
    `${ownPath} must be a value of type ${type}${nullable ? '' : '!'}, but got ${describe(value)}`,
  );
}

/** Undefined where the value is none of the type. */
function parseLeaf(type: GraphQLLeafType, value: unknown): unknown {
  if (value === null) return undefined;
  try {
    return type.parseValue(value);
  } catch {
    return undefined;
  }
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
