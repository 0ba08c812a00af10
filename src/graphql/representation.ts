import { type GraphQLLeafType, type GraphQLSchema, getNullableType, isLeafType, isObjectType } from 'graphql';
import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { keyOf, parseNodeId } from '../plan/key.ts';
import { toOperand } from '../plan/operand.ts';
import { isPlainObject, type PlainObject } from '../values/plain-object.ts';
import type { Value } from '../values/value.ts';
import { shown } from '../wording.ts';
import type { Key } from './request-scope.ts';

/** The entities that other subgraphs can refer to: the tables with a key, by type name. */
export class Entities {
  readonly #byTypeName: ReadonlyMap<unknown, Entity>;

  constructor(tables: readonly Table[]) {
    this.#byTypeName = new Map(tables.map((table) => [table.typeName, new Entity(table)]));
  }

  /**
   * The row that a representation refers to.
   *
   * @param path the path of the representation, for errors
   * @throws BadUserInputError if it does not represent an entity
   */
  read(representation: unknown, path: string, schema: GraphQLSchema): Reference {
    if (!isPlainObject(representation)) {
      throw new BadUserInputError(path, `${path} must be an object, but got ${shown(representation)}`);
    }
    const entity = this.#byTypeName.get(representation.__typename);
    if (!entity) {
      throw new BadUserInputError(
        `${path}.__typename`,
        `${path}.__typename must be a type of this API that has a key, but got ${shown(representation.__typename)}`,
      );
    }
    return { table: entity.table, key: entity.readKey(representation, path, schema) };
  }
}

/** A row, by its key. */
export interface Reference {
  readonly table: Table;
  readonly key: Key;
}

/** A field of a key, and its type. */
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

  /** The key of a representation, as separate fields or as a nodeId. */
  readKey(representation: PlainObject, path: string, schema: GraphQLSchema): Key {
    this.#fields ??= keyFields(this.table, schema);
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
      `${path} must contain a key of ${this.table.typeName}, which is ${names && `${names}, or `}nodeId, but contains ${given.join(', ') || 'none'}`,
    );
  }
}

/** The fields of the key; none if one of them is a list, which federation does not allow in keys. */
function keyFields({ typeName, key }: Table, schema: GraphQLSchema): readonly KeyField[] {
  if (key.some(({ type }) => type.kind === 'array')) return [];
  const object = schema.getType(typeName);
  return key.map((column) => {
    const declared = isObjectType(object) ? object.getFields()[column.fieldName]?.type : undefined;
    const type = getNullableType(declared);
    if (!isLeafType(type)) throw new Error(`the key of ${typeName} must be of scalars and enums`);
    return { column, type, nullable: !column.notNull };
  });
}

/** A value of a key's field, coerced as strictly as an argument of its type. */
function readKeyField(
  { column, type, nullable }: KeyField,
  representation: PlainObject,
  path: string,
): Value | null {
  const value = representation[column.fieldName];
  const parsed = value === null && nullable ? null : parseLeaf(type, value);
  const ownPath = `${path}.${column.fieldName}`;
  if (parsed !== undefined) return toOperand(column.type, parsed, ownPath);
  throw new BadUserInputError(
    ownPath,
    `${ownPath} must be a value of type ${type}${nullable ? '' : '!'}, but got ${shown(value)}`,
  );
}

/** The coerced value; undefined if it is not of the type. */
function parseLeaf(type: GraphQLLeafType, value: unknown): unknown {
  if (value === null) return undefined;
  try {
    return type.parseValue(value);
  } catch {
    return undefined;
  }
}
