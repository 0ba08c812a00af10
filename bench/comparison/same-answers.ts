/**
 * Whether two answers say the same: JSON compared by value, where times may be printed with more or fewer zeros.
 * A server that answers something else, or an error, is not compared by its speed.
 */
export function sameAnswer(a: string, b: string): boolean {
  return normalized(a) === normalized(b);
}

function normalized(answer: string): string {
  return JSON.stringify(JSON.parse(answer).data, (_key, value: unknown) => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return value.replace(/\.?0*$/, '');
    return isObject(value) ? Object.fromEntries(Object.entries(value).toSorted()) : value;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
