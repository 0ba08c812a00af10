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
  const pending: Container[] = isContainer(json) ? [json] : [];
  for (let container = pending.pop(); container; container = pending.pop()) {
    if (Array.isArray(container)) {
      for (const inner of container) if (isContainer(inner)) pending.push(inner);
      continue;
    }
    Object.setPrototypeOf(container, null);
    for (const name in container) {
      const inner = container[name];
      if (isContainer(inner)) pending.push(inner);
    }
  }
  return json;
}

/** A JSON object or list. */
export type Container = PlainObject | unknown[];

/** Whether a value of JSON is an object or a list. */
export function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
