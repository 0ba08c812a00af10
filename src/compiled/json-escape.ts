import { ReadyBytes } from './ready-bytes.ts';

/** How a text is quoted and escaped. */
export interface Quoting {
  readonly mark: ReadyBytes;
  /** By byte: its escape sequence; undefined if it is not escaped. The same bytes are escaped in every quoting. */
  readonly escapes: readonly (ReadyBytes | undefined)[];
}

/**
 * Whether one of four bytes must be escaped in JSON: control characters, quotation marks and backslashes (RFC 8259, section 7).
 * How to find a byte in a word that is less than a value or equal to one: https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
export function hasEscaped(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  const suspects = (word - 0x20202020) | (quotes - 0x01010101) | (backslashes - 0x01010101);
  return (suspects & ~word & 0x80808080) !== 0;
}

/** As a JSON string. */
export const inJson = quotingOf((text) => text);

/** As a JSON string within a JSON string. */
export const inJsonInJson = quotingOf((text) => JSON.stringify(text).slice(1, -1));

/** @param embed escapes JSON for the place where it is written */
function quotingOf(embed: (json: string) => string): Quoting {
  const escapes = Array.from({ length: 256 }, (_, byte) => {
    // Bytes from 128 belong to characters that JSON does not escape.
    if (byte >= 128) return undefined;
    const character = String.fromCharCode(byte);
    const written = embed(JSON.stringify(character).slice(1, -1));
    return written === character ? undefined : new ReadyBytes(written);
  });
  return { mark: new ReadyBytes(embed('"')), escapes };
}
