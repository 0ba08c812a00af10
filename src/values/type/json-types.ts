import { isJson, normalizeJson } from '../json-text.ts';
import { compareText, prefixKey } from '../text-order.ts';
import type { ValueType } from './value-type.ts';

/**
 * `json`: its text as it stands, printed as a string of JSON. Postgres cannot compare it; here it compares by its
 * text, so that equal ones can be told from others.
 */
export const jsonType: ValueType<string> = {
  parse: (text) => (text.isWellFormed() && isJson(text) ? text : undefined),
  compare: compareText,
  sortKey: prefixKey,
  print: printJson,
  jsonb: (json) => normalizeJson(json) ?? JSON.stringify(json),
};

/** As pg_graphql prints a document: a text is itself, without quotes, and a null is none. */
function printJson(json: string): string | null {
  const document = json.trim();
  if (document === 'null') return null;
  return document.startsWith('"') ? String(JSON.parse(document)) : json;
}

/** `jsonb`: its text in normal form, printed as a string of JSON. */
export const jsonbType: ValueType<string> = {
  ...jsonType,
  parse: (text) => (text.isWellFormed() ? normalizeJson(text) : undefined),
  jsonb: (json) => json,
};
