/** An object as JSON has it: neither null nor an array. */
export type PlainObject = { readonly [key: string]: unknown };

/** Whether a value is an object as JSON has it. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
