/** A number and what it counts, such as `1 server` or `2 servers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The most characters of a rejected value that a message repeats. */
const shownLength = 100;

/** A rejected value as a message repeats it: its JSON, shortened. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > shownLength ? `${json.slice(0, shownLength)}…` : json;
}
