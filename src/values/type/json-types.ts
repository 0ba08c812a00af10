import { isJson, normalizeJson } from '../json-text.ts';
import { compareText, prefixKey } from '../text-order.ts';
import type { ValueType } from './value-type.ts';

/**
 * `json`: the text as it is, printed as a JSON string. Postgres cannot compare values of this type; here they compare by
 * text, so that equal texts can be recognised.
 */
export const jsonType: ValueType<string> = {
  parse: (text) => (text.isWellFormed() && isJson(text) ? text : undefined),
  compare: compareText,
  sortKey: prefixKey,
  print: printJson,
  jsonb: (json) => normalizeJson(json) ?? JSON.stringify(json),
};

/** A document as pg_graphql prints it: a string without its quotes, and null for `null`. */
function printJson(json: string): string | null {
  const document = json.trim();
  if (document === 'null') return null;
  return document.startsWith('"') ? String(JSON.parse(document)) : json;
}

/**
 * The characters of the longest text that is brought into normal form, which takes some ten milliseconds. All attributes of a
 * user together are shorter (67 of 2,048 characters); a longer text comes from Postgres, where it has its normal form.
 */
const longestNormalized = 2 ** 18;

/** `jsonb`: the text in normal form, printed as a JSON string. */
export const jsonbType: ValueType<string> = {
  ...jsonType,
  parse: (text) => {
    if (text.length > longestNormalized) return jsonType.parse(text);
    return text.isWellFormed() ? normalizeJson(text) : undefined;
  },
  jsonb: (json) => json,
};
