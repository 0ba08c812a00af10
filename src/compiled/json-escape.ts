/** How a text is written: what stands before and after it, and what stands for bytes that cannot stand for themselves. */
export interface Quoting {
  readonly mark: Uint8Array;
  /** By byte: 1 where it must be escaped. */
  readonly isEscaped: Uint8Array;
  /** By byte: what stands for it; undefined where it stands for itself. */
  readonly escapes: readonly (Uint8Array | undefined)[];
}

/** As a JSON string. */
export const inJson = quotingOf((text) => text);

/** As a JSON string within a JSON string. */
export const inJsonInJson = quotingOf((text) => JSON.stringify(text).slice(1, -1));

/** @param embed what a piece of JSON becomes where it is written */
function quotingOf(embed: (json: string) => string): Quoting {
  const escapes = Array.from({ length: 256 }, (_, byte) => {
    // Bytes from 128 are parts of characters, none of which JSON escapes.
    if (byte >= 128) return undefined;
    const character = String.fromCharCode(byte);
    const written = embed(JSON.stringify(character).slice(1, -1));
    return written === character ? undefined : new TextEncoder().encode(written);
  });
  return {
    mark: new TextEncoder().encode(embed('"')),
    isEscaped: Uint8Array.from(escapes, (escaped) => (escaped ? 1 : 0)),
    escapes,
  };
}
