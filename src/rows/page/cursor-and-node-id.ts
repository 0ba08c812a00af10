import type { Column } from '../../model/model.ts';
import { readJsonArray } from '../../values/json-text.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { valueType } from '../../values/type/registry.ts';
import { textType } from '../../values/type/text-types.ts';
import type { Value } from '../../values/value.ts';
import type { OrderKey } from '../order/row-order.ts';
import { readTyped } from '../store/read-value.ts';
import type { TableView } from '../store/view.ts';
import type { CursorSeal } from './cursor-seal.ts';
import type { Cursor } from './page.ts';

/**
 * The place of a row in an order, as pg_graphql writes it: base64 of the JSON array of the values by which it is
 * ordered. Where the table has no key, the row's identity follows, sealed, which breaks ties.
 */
export function encodeCursor(view: TableView, order: readonly OrderKey[], row: number): string {
  const values = order.map(({ column }) => {
    const value = readTyped(view, column, row) ?? null;
    return value === null ? 'null' : valueType(column.type).jsonb(value);
  });
  if (view.table.key.length === 0) {
    values.push(textType.jsonb(view.seal.seal(view.store.identity.get(row) ?? '')));
  }
  return toBase64(`[${values.join(', ')}]`);
}

/**
 * The values that a cursor holds, one for each order key; undefined where it is none of this order.
 *
 * @param seal what the row's identity, which follows them where the table has no key, is sealed with; undefined
 *   where the table has a key
 */
export function decodeCursor(
  order: readonly OrderKey[],
  text: string,
  seal?: CursorSeal,
): Cursor | undefined {
  const elements = readJsonArray(fromBase64(text) ?? '');
  if (elements?.length !== order.length + (seal ? 1 : 0)) return undefined;
  const values: (Value | null)[] = [];
  for (const [i, element] of elements.entries()) {
    const key = order[i];
    const value = key ? fromJson(key.column.type, element) : identityFromJson(element, seal);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function identityFromJson(json: string, seal: CursorSeal | undefined): string | undefined {
  const sealed: unknown = json.startsWith('"') ? JSON.parse(json) : undefined;
  return typeof sealed === 'string' ? seal?.open(sealed) : undefined;
}

/** Reads a value as `jsonb` writes it; undefined where it is none of the type. */
function fromJson(type: Column['type'], json: string): Value | null | undefined {
  if (json === 'null') return null;
  const text: unknown = json.startsWith('"') ? JSON.parse(json) : json;
  const value = typeof text === 'string' ? valueType(type).parse(text) : undefined;
  const isOfType = value !== undefined && jsonKind(valueType(type).jsonb(value)) === jsonKind(json);
  return isOfType ? value : undefined;
}

/** What sort of JSON this is, by its first character. */
function jsonKind(json: string): string {
  const first = json.charAt(0);
  return /[-\d]/.test(first) ? 'number' : first;
}

/** What a nodeId names: a table, and the values of its key. */
export interface NodeId {
  readonly schema: string;
  readonly table: string;
  /** Strings, booleans, nulls, and numbers; those that a double does not hold exactly as strings of their digits. */
  readonly values: readonly JsonValue[];
}

/** A row's nodeId, as pg_graphql writes it: base64 of the JSON array of schema, table and key. */
export function encodeNodeId(view: TableView, row: number): string {
  const { schema, name, key } = view.table;
  const values = key.map((column) => {
    const value = readTyped(view, column, row) ?? null;
    return value === null ? 'null' : valueType(column.type).jsonb(value);
  });
  return toBase64(`[${[textType.jsonb(schema), textType.jsonb(name), ...values].join(', ')}]`);
}

/** What the nodeId names; undefined where it is none. */
export function decodeNodeId(text: string): NodeId | undefined {
  const [schema, table, ...values] = readArray(fromBase64(text) ?? '');
  if (typeof schema !== 'string' || typeof table !== 'string' || values.length === 0) return undefined;
  return { schema, table, values };
}

/** Nearly every nodeId: texts that need no escape, which JSON.parse() reads as they are, and much faster. */
const plainTexts = /^\["[^"\\\p{Cc}]*"(?:, "[^"\\\p{Cc}]*")*\]$/u;

function readArray(json: string): readonly JsonValue[] {
  const array: JsonValue = plainTexts.test(json) ? JSON.parse(json) : null;
  return Array.isArray(array) ? array : (readJsonArray(json)?.map(toValue) ?? []);
}

function toValue(json: string): JsonValue {
  const value: JsonValue = JSON.parse(json);
  return typeof value === 'number' && String(value) !== json ? json : value;
}

/** The base64 of a text's UTF-8, in one line: RFC 4648, section 4. */
function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The text; undefined where this is no base64, or not of UTF-8. */
function fromBase64(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString();
  return toBase64(text) === base64 ? text : undefined;
}
