/** A JSON object: neither null nor an array. */
export type PlainObject = { readonly [key: string]: unknown };

/** Whether a value is a JSON object. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
