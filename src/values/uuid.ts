/** The bytes of a packed UUID. */
export const packedLength = 16;
/** The characters (and UTF-8 bytes) of a UUID as text: RFC 9562, section 4. */
export const uuidLength = 36;

const hyphen = 0x2d;
/** The position of the two digits of each of the sixteen bytes in the text. */
const digitPositions = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const hyphenPositions = [8, 13, 18, 23] as const;
const digits = new TextEncoder().encode('0123456789abcdef');

/**
 * Packs a lower-case UUID with hyphens. Returns false for any other text; `target` is then unspecified. The bytes of
 * packed UUIDs sort like their texts.
 */
export function packUuid(text: string, target: Uint8Array): boolean {
  if (text.length !== uuidLength) return false;
  for (const at of hyphenPositions) if (text.charCodeAt(at) !== hyphen) return false;
  for (let i = 0; i < packedLength; i++) {
    const at = digitPositions[i] ?? 0;
    const byte = (digitValue(text.charCodeAt(at)) << 4) | digitValue(text.charCodeAt(at + 1));
    if (byte < 0) return false;
    target[i] = byte;
  }
  return true;
}

/** The same with the bytes of a text from `start` to `end`. */
export function packUuidBytes(bytes: Uint8Array, start: number, end: number, target: Uint8Array): boolean {
  if (end - start !== uuidLength) return false;
  for (const at of hyphenPositions) if (bytes[start + at] !== hyphen) return false;
  for (let i = 0; i < packedLength; i++) {
    const at = start + (digitPositions[i] ?? 0);
    const byte = (digitValue(bytes[at] ?? 0) << 4) | digitValue(bytes[at + 1] ?? 0);
    if (byte < 0) return false;
    target[i] = byte;
  }
  return true;
}

/** Writes the text of a packed UUID. */
export function expandUuid(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  for (let i = 0; i < packedLength; i++) {
    const byte = source[from + i] ?? 0;
    const at = to + (digitPositions[i] ?? 0);
    target[at] = digits[byte >>> 4] ?? 0;
    target[at + 1] = digits[byte & 15] ?? 0;
  }
  for (const at of hyphenPositions) target[to + at] = hyphen;
}

/** Whether a text is a lower-case UUID with hyphens. */
export function isUuid(text: string): boolean {
  return packUuid(text, scratch);
}

const scratch = new Uint8Array(packedLength);

/** The same with the bytes of a text from `start` to `end`. */
export function isUuidBytes(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== uuidLength) return false;
  for (const at of hyphenPositions) if (bytes[start + at] !== hyphen) return false;
  return digitPositions.every(
    (at) => digitValue(bytes[start + at] ?? 0) >= 0 && digitValue(bytes[start + at + 1] ?? 0) >= 0,
  );
}

/** What each character of ASCII is worth as a lower-case hexadecimal digit. */
const digitValues = new Int16Array(128).fill(-0x1000);
for (const [value, digit] of digits.entries()) digitValues[digit] = value;

/** The value of a lower-case hexadecimal digit; negative if the character is not one. */
function digitValue(code: number): number {
  return digitValues[code] ?? -0x1000;
}
