import { BadUserInputError, RowValueError } from '../errors.ts';
import { type Column, findTable, type Table } from '../model/model.ts';
import { keyOf, parseNodeId } from '../plan/key.ts';
import { toOperand } from '../plan/operand.ts';
import { readTyped, readValue } from '../rows/query.ts';
import type { TableView } from '../rows/store/view.ts';
import type { JsonValue } from '../values/json-value.ts';
import type { ResolvedRelation } from './field-meaning.ts';
import type { Key, RequestScope } from './request-scope.ts';

/** One row of a table. */
export interface RowNode {
  readonly view: TableView;
  readonly row: number;
}

/**
 * The row's value in a column, for JSON.
 *
 * @throws RowValueError if the value cannot be shown
 */
export function columnValue({ view, row }: RowNode, column: Column): JsonValue {
  const value = readValue(view, column, row);
  if (value.ok) return value.value;
  throw new RowValueError(column.name, value.error);
}

/** The visible row with the key, or null. */
export async function rowByKey(table: Table, key: Key, scope: RequestScope): Promise<RowNode | null> {
  const [row] = await scope.rowsByKey(table, table.key, key);
  return row === undefined ? null : { view: await scope.view(table), row };
}

/** The key in the arguments of a `ByPk` field. */
export function keyFromArguments(table: Table, args: Readonly<Record<string, unknown>>): Key {
  return table.key.map((column) => toOperand(column.type, args[column.fieldName], column.fieldName));
}

/**
 * The visible row that a nodeId identifies, or null.
 *
 * @throws BadUserInputError if it is not of one of the tables
 */
export function rowByNodeId(
  tables: readonly Table[],
  nodeId: unknown,
  scope: RequestScope,
): Promise<RowNode | null> {
  const id = parseNodeId(nodeId, 'nodeId');
  const table = findTable(tables, { schema: id.schema, name: id.table });
  if (!table || table.key.length === 0) {
    throw new BadUserInputError('nodeId', 'nodeId belongs to no type of this API');
  }
  return rowByKey(table, keyOf(table, id, 'nodeId'), scope);
}

/** The visible related rows of this one: the same list for rows with the same key, or with no related rows. */
export async function relatedRows(
  node: RowNode,
  relation: ResolvedRelation,
  scope: RequestScope,
): Promise<readonly number[]> {
  const key = relationKey(node, relation);
  return sameIfEmpty(key && (await scope.rowsByKey(relation.other, relation.otherColumns, key)));
}

/** The visible row that this one refers to, or null. */
export async function relatedRow(
  node: RowNode,
  relation: ResolvedRelation,
  scope: RequestScope,
): Promise<RowNode | null> {
  const [row] = await relatedRows(node, relation, scope);
  return row === undefined ? null : { view: await scope.view(relation.other), row };
}

/** Empty lists are one list, so that what is made of it is made once. */
export function sameIfEmpty(rows: readonly number[] | undefined): readonly number[] {
  return rows && rows.length > 0 ? rows : none;
}

const none: readonly number[] = [];

/** The key of the related rows; undefined if it contains a NULL, which equals nothing. */
export function relationKey({ view, row }: RowNode, { columns }: ResolvedRelation): Key | undefined {
  const key = columns.map((column) => readTyped(view, column, row) ?? null);
  return key.includes(null) ? undefined : key;
}
