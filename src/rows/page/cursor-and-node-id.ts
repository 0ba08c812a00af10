import type { Column } from '../../model/model.ts';
import { readJsonArray } from '../../values/json-text.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { valueType } from '../../values/type/registry.ts';
import { textType } from '../../values/type/text-types.ts';
import type { Value } from '../../values/value.ts';
import type { OrderKey } from '../order/row-order.ts';
import { readTyped } from '../store/read-value.ts';
import type { IdentitySeal, TableView } from '../store/view.ts';
import type { Cursor } from './page.ts';

/**
 * The position of a row in an order, as pg_graphql encodes it: base64 of the JSON array of the values it is ordered by.
 * If the table has no key, the sealed identity of the row follows, as the tie-breaker.
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
 * The values of a cursor, one for each order key; undefined if it is not a cursor of this order.
 *
 * @param seal opens the row's identity, which follows the values if the table has no key; undefined if it has one
 */
export function decodeCursor(
  order: readonly OrderKey[],
  text: string,
  seal?: IdentitySeal,
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

function identityFromJson(json: string, seal: IdentitySeal | undefined): string | undefined {
  const sealed: unknown = json.startsWith('"') ? JSON.parse(json) : undefined;
  return typeof sealed === 'string' ? seal?.open(sealed) : undefined;
}

/** Reads a value as `jsonb` writes it; undefined if it is not a value of the type. */
function fromJson(type: Column['type'], json: string): Value | null | undefined {
  if (json === 'null') return null;
  const text: unknown = json.startsWith('"') ? JSON.parse(json) : json;
  const value = typeof text === 'string' ? valueType(type).parse(text) : undefined;
  const isOfType = value !== undefined && jsonKind(valueType(type).jsonb(value)) === jsonKind(json);
  return isOfType ? value : undefined;
}

/** The kind of JSON value, by its first character. */
function jsonKind(json: string): string {
  const first = json.charAt(0);
  return /[-\d]/.test(first) ? 'number' : first;
}

/** A decoded nodeId: a table and the values of its key. */
export interface NodeId {
  readonly schema: string;
  readonly table: string;
  /** Strings, booleans, nulls and numbers. Numbers that a double cannot hold exactly are strings of their digits. */
  readonly values: readonly JsonValue[];
}

/** A row's nodeId, as pg_graphql encodes it: base64 of the JSON array of schema, table and key. */
export function encodeNodeId(view: TableView, row: number): string {
  const { schema, name, key } = view.table;
  const values = key.map((column) => {
    const value = readTyped(view, column, row) ?? null;
    return value === null ? 'null' : valueType(column.type).jsonb(value);
  });
  return toBase64(`[${[textType.jsonb(schema), textType.jsonb(name), ...values].join(', ')}]`);
}

/** Decodes a nodeId; undefined if the text is not one. */
export function decodeNodeId(text: string): NodeId | undefined {
  const [schema, table, ...values] = readArray(fromBase64(text) ?? '');
  if (typeof schema !== 'string' || typeof table !== 'string' || values.length === 0) return undefined;
  return { schema, table, values };
}

/** Matches nearly every nodeId: strings without escapes, for which the much faster JSON.parse() is exact. */
const plainTexts = /^\["[^"\\\p{Cc}]*"(?:, "[^"\\\p{Cc}]*")*\]$/u;

function readArray(json: string): readonly JsonValue[] {
  const array: JsonValue = plainTexts.test(json) ? JSON.parse(json) : null;
  return Array.isArray(array) ? array : (readJsonArray(json)?.map(toValue) ?? []);
}

function toValue(json: string): JsonValue {
  const value: JsonValue = JSON.parse(json);
  return typeof value === 'number' && String(value) !== json ? json : value;
}

/** The base64 of a text's UTF-8 on one line: RFC 4648, section 4. */
function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The decoded text; undefined if it is not base64 of UTF-8. */
function fromBase64(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString();
  return toBase64(text) === base64 ? text : undefined;
}
