import fc from 'fast-check';

/** Text of any UTF-16 code units: NUL, lone surrogates, empty, long, many or few bytes a character, UUIDs. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\0', 'a', 'a\0', '\ud800', '\udfff', '\ufffd', '\uffff', '\u{10000}', 'é'),
  fc.integer({ min: 0, max: 2048 }).map((length) => 'ü'.repeat(length)),
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
);

/** The text as UTF-8 can hold it. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Negative, 0 or positive by UTF-8 bytes, computed the slow way. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
