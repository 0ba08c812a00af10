import type { Random } from './random.ts';

const digits = Buffer.from('0123456789abcdef');
const hyphen = 45;
/** Reused for every UUID: a million of them are made at once. */
const text = Buffer.alloc(36);

/** A version 4 UUID in lower-case hexadecimal. */
export function randomUuid(random: Random): string {
  let bits = 0;
  for (let nibble = 0, place = 0; place < text.length; place++) {
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      text[place] = hyphen;
      continue;
    }
    if (nibble % 8 === 0) bits = Math.floor(random() * 0x1_0000_0000);
    const value = nibble === 12 ? 4 : nibble === 16 ? 8 | (bits & 3) : bits & 15;
    text[place] = digits[value] ?? 0;
    bits >>>= 4;
    nibble++;
  }
  return text.toString('latin1');
}
