/** How a text is quoted and escaped. */
export interface Quoting {
  readonly mark: Uint8Array;
  /** By byte: 1 if it must be escaped. */
  readonly isEscaped: Uint8Array;
  /** By byte: its escape sequence; undefined if it is not escaped. */
  readonly escapes: readonly (Uint8Array | undefined)[];
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
    return written === character ? undefined : new TextEncoder().encode(written);
  });
  return {
    mark: new TextEncoder().encode(embed('"')),
    isEscaped: Uint8Array.from(escapes, (escaped) => (escaped ? 1 : 0)),
    escapes,
  };
}
