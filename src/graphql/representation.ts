import { type GraphQLLeafType, type GraphQLSchema, getNullableType, isLeafType, isObjectType } from 'graphql';
import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { keyOf, parseNodeId } from '../plan/key.ts';
import { toOperand, tryOperand } from '../plan/operand.ts';
import { isPlainObject, type PlainObject } from '../values/plain-object.ts';
import type { Value } from '../values/value.ts';
import { listed, shown } from '../wording.ts';
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
   * @param place of the representation in its list, from 0, for errors
   * @throws BadUserInputError if it does not represent an entity
   */
  read(representation: unknown, place: number, schema: GraphQLSchema): Reference {
    if (!isPlainObject(representation)) {
      const path = pathOf(place);
      throw new BadUserInputError(path, `${path} must be an object, but got ${shown(representation)}`);
    }
    const entity = this.#byTypeName.get(representation.__typename);
    if (!entity) {
      const path = `${pathOf(place)}.__typename`;
      throw new BadUserInputError(
        path,
        `${path} must be a type of this API that has a key, but got ${shown(representation.__typename)}`,
      );
    }
    return { table: entity.table, key: entity.readKey(representation, place, schema) };
  }
}

/** The path of a representation. Only errors need it. */
function pathOf(place: number): string {
  return `representations.${place}`;
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
  readKey(representation: PlainObject, place: number, schema: GraphQLSchema): Key {
    this.#fields ??= keyFields(this.table, schema);
    const fields = this.#fields;
    if (fields.length > 0 && hasAll(representation, fields)) {
      return fields.map((field) => readKeyField(field, representation, place));
    }
    const path = pathOf(place);
    if (Object.hasOwn(representation, 'nodeId')) {
      return keyOf(this.table, parseNodeId(representation.nodeId, `${path}.nodeId`), `${path}.nodeId`);
    }
    const names = fields.map(({ column }) => column.fieldName).join(' and ');
    throw new BadUserInputError(
      path,
      `${path} must contain a key of ${this.table.typeName}, which is ${names && `${names}, or `}nodeId, but contains ${listed(givenNames(representation))}`,
    );
  }
}

function* givenNames(representation: PlainObject): Iterable<string> {
  for (const name in representation) if (name !== '__typename') yield name;
}

function hasAll(representation: PlainObject, fields: readonly KeyField[]): boolean {
  for (const { column } of fields) if (!Object.hasOwn(representation, column.fieldName)) return false;
  return true;
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
  place: number,
): Value | null {
  const value = representation[column.fieldName];
  const parsed = value === null && nullable ? null : parseLeaf(type, value);
  const operand = parsed === undefined ? undefined : tryOperand(column.type, parsed);
  if (operand !== undefined) return operand;
  const path = `${pathOf(place)}.${column.fieldName}`;
  if (parsed !== undefined) return toOperand(column.type, parsed, path);
  throw new BadUserInputError(
    path,
    `${path} must be a value of type ${type}${nullable ? '' : '!'}, but got ${shown(value)}`,
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
