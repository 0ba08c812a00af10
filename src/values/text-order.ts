/**
 * Compares like Postgres under the collation `C`: by UTF-8 bytes, which is the order of code points. JavaScript's operators
 * compare UTF-16 units, in which the surrogates of large code points sort before U+E000.
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

/** Moves surrogates above all other units, where their code points belong. */
function aboveSurrogates(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** A number by which texts sort by their first UTF-16 units, consistent with `compareText`. */
export function prefixKey(text: string): number {
  // Three units of 17 bits fill 51 of the 53 bits that a double holds exactly.
  let key = 0;
  for (let i = 0; i < 3; i++) {
    key = key * 0x20000 + (i < text.length ? aboveSurrogates(text.charCodeAt(i)) + 1 : 0);
  }
  return key;
}

/** Lower case as in Postgres under the collation `C`: ASCII only. */
export function foldCase(text: string): string {
  return text.replace(upperCase, (letters) => letters.toLowerCase());
}

const upperCase = /[A-Z]+/g;
