import type { Column } from '../../model/model.ts';
import { readJsonArray } from '../../values/json-text.ts';
import { valueType } from '../../values/registry.ts';
import { textType } from '../../values/text-types.ts';
import type { Value } from '../../values/value.ts';
import type { Cursor, OrderKey } from '../query.ts';
import { readTyped } from '../store/read-value.ts';
import type { TableView } from '../store/view.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { openIdentity, sealIdentity } from './sealed-identity.ts';

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
    values.push(textType.jsonb(sealIdentity(view.store.identity.get(row) ?? '')));
  }
  return toBase64(`[${values.join(', ')}]`);
}

/**
 * The values that a cursor holds, one for each order key; undefined where it is none of this order.
 *
 * @param hasIdentity whether the row's identity follows, as it does where the table has no key
 */
export function decodeCursor(
  order: readonly OrderKey[],
  text: string,
  hasIdentity = false,
): Cursor | undefined {
  const elements = readJsonArray(fromBase64(text) ?? '');
  if (elements?.length !== order.length + Number(hasIdentity)) return undefined;
  const values: (Value | null)[] = [];
  for (const [i, element] of elements.entries()) {
    const key = order[i];
    const value = key ? fromJson(key.column.type, element) : identityFromJson(element);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function identityFromJson(json: string): string | undefined {
  const sealed: unknown = json.startsWith('"') ? JSON.parse(json) : undefined;
  return typeof sealed === 'string' ? openIdentity(sealed) : undefined;
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
