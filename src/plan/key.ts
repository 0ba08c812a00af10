import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import type { Filter } from '../rows/filter/filter.ts';
import { decodeNodeId, type NodeId } from '../rows/page/cursor-and-node-id.ts';
import type { Value } from '../values/value.ts';
import { toOperand } from './operand.ts';

/** The most characters of a cursor or nodeId that is decoded: an attribute has at most 2,048. */
export const longestId = 65_536;

/** The filter for the row that a nodeId identifies. A null identifies no row. */
export function keyFilter(table: Table, nodeId: unknown, path: string): Filter {
  const values = nodeId === null ? table.key.map(() => null) : keyOf(table, parseNodeId(nodeId, path), path);
  return {
    kind: 'and',
    filters: table.key.map((column, i) => ({
      kind: 'compare',
      column,
      operator: 'eq',
      value: values[i] ?? null,
    })),
  };
}

/** @throws BadUserInputError if it is not a nodeId */
export function parseNodeId(text: unknown, path: string): NodeId {
  const id = typeof text === 'string' && text.length <= longestId ? decodeNodeId(text) : undefined;
  if (id) return id;
  throw new BadUserInputError(path, `${path} is not a nodeId of this API`);
}

/**
 * The values of the key's columns in a nodeId of this table.
 *
 * @throws BadUserInputError if it belongs to another table, or its values are not of the key's types
 */
export function keyOf(table: Table, id: NodeId, path: string): readonly (Value | null)[] {
  if (id.schema !== table.schema || id.table !== table.name) {
    throw new BadUserInputError(path, `${path} is the nodeId of another type than ${table.typeName}`);
  }
  if (id.values.length !== table.key.length) {
    throw new BadUserInputError(
      path,
      `${path}: the key of ${table.typeName} has ${table.key.length} values, this nodeId has ${id.values.length}`,
    );
  }
  return table.key.map((column: Column, i) => toOperand(column.type, id.values[i], path));
}
