import { readJsonArray } from '../../values/json-text.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { valueType } from '../../values/registry.ts';
import { textType } from '../../values/text-types.ts';
import { readTyped } from '../store/read-value.ts';
import type { TableView } from '../store/view.ts';
import { fromBase64, toBase64 } from './base64.ts';

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
