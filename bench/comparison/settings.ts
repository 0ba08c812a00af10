const suffixes: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6 };

/** A whole number above 0, such as `100000`, `100k` or `1M`. */
export function parseCount(flag: string, text: string): number {
  const [, digits, suffix = ''] = /^(\d+)([km]?)$/i.exec(text) ?? [];
  const count = Number(digits) * (suffixes[suffix.toLowerCase()] ?? Number.NaN);
  if (count > 0) return count;
  throw new Error(`${flag} takes a whole number above 0, such as 100000, 100k or 1M, but got ${text}`);
}

/** Selects the choices with these names, which are separated by commas. */
export function parseNames<T extends { readonly name: string }>(
  flag: string,
  text: string,
  choices: readonly T[],
): T[] {
  return text.split(',').map((name) => {
    const choice = choices.find((candidate) => candidate.name === name.trim());
    if (choice) return choice;
    throw new Error(`${flag} takes ${choices.map((known) => known.name).join(', ')}, but got ${name}`);
  });
}
