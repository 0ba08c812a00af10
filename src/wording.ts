import { isPlainObject, type PlainObject } from './values/plain-object.ts';

/** A number and what it counts, such as `1 server` or `2 servers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The most characters of a rejected value, and the most names of a list, that a message repeats. */
const shownLength = 100;
const shownNames = 10;

/** A rejected value as a message repeats it: its JSON, shortened. Takes no longer for a large value. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return shortened(startOfJson(value, shownLength));
}

/** Names that a client has sent, as a message repeats them. */
export function listed(names: Iterable<string>): string {
  const first: string[] = [];
  for (const name of names) {
    if (first.length === shownNames) return [...first, '…'].join(', ');
    first.push(shortened(name));
  }
  return first.join(', ') || 'none';
}

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

/** The JSON of a value, or more than `length` characters of it. */
function startOfJson(value: unknown, length: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, length));
  if (Array.isArray(value)) return startOfArray(value, length);
  if (isPlainObject(value)) return startOfObject(value, length);
  return JSON.stringify(value) ?? 'null';
}

function startOfArray(values: readonly unknown[], length: number): string {
  let json = '[';
  for (const [i, value] of values.entries()) {
    if (json.length > length) return json;
    json += (i > 0 ? ',' : '') + startOfJson(value, length - json.length);
  }
  return `${json}]`;
}

function startOfObject(object: PlainObject, length: number): string {
  let json = '{';
  for (const key in object) {
    if (json.length > length) return json;
    json += `${json.length > 1 ? ',' : ''}${startOfJson(key, length - json.length)}:`;
    json += startOfJson(object[key], length - json.length);
  }
  return `${json}}`;
}
