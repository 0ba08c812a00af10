/**
 * Compares as Postgres does under the collation `C`: by UTF-8 bytes, which is by code point. JavaScript's own
 * operators compare UTF-16 units, where the surrogates of large code points stand below U+E000.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return aboveSurrogates(unitA) - aboveSurrogates(unitB);
  }
  return a.length - b.length;
}

/** Puts surrogates above all other units, where their code points are. */
function aboveSurrogates(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** A number that orders texts by their first UTF-16 units, never against `compareText`. */
export function prefixKey(text: string): number {
  // Three units of 17 bits fill 51 of the 53 bits that a number holds exactly.
  let key = 0;
  for (let i = 0; i < 3; i++) {
    key = key * 0x20000 + (i < text.length ? aboveSurrogates(text.charCodeAt(i)) + 1 : 0);
  }
  return key;
}

/** In lower case as Postgres has it under the collation `C`: ASCII alone. */
export function foldCase(text: string): string {
  return text.replace(upperCase, (letters) => letters.toLowerCase());
}

const upperCase = /[A-Z]+/g;
