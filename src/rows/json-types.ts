import { isJson, normalizeJson } from './json-text.ts';
import { compareText, prefixKey } from './text-order.ts';
import type { ValueType } from './value-type.ts';

/**
 * `json`: its text as it stands, printed as a string of JSON. Postgres cannot compare it; here it compares by its
 * text, so that equal ones can be told from others.
 */
export const jsonType: ValueType<string> = {
  parse: (text) => (text.isWellFormed() && isJson(text) ? text : undefined),
  compare: compareText,
  sortKey: prefixKey,
  print: (json) => json,
  jsonb: (json) => normalizeJson(json) ?? JSON.stringify(json),
};

/** `jsonb`: its text in normal form, printed as a string of JSON. */
export const jsonbType: ValueType<string> = {
  ...jsonType,
  parse: (text) => (text.isWellFormed() ? normalizeJson(text) : undefined),
  jsonb: (json) => json,
};
