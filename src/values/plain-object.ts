/** A JSON object: neither null nor an array. */
export type PlainObject = { readonly [key: string]: unknown };

/** Whether a value is a JSON object. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The same JSON, whose objects inherit nothing. graphql-js reads the fields of an input without asking whether they are
 * the object's own, so that a field named `constructor` would have a value that nobody has sent.
 */
export function withoutPrototypes<T>(json: T): T {
  // An explicit stack, since JSON can be of any depth.
  const pending: unknown[] = [json];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
    for (const inner of Object.values(value)) if (typeof inner === 'object') pending.push(inner);
  }
  return json;
}
