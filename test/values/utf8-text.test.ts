import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Text } from '../../src/values/utf8-text.ts';

test('one text after the other is encoded as UTF-8', () => {
  const texts = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom('a', 'ä', '\u{1f600}', '\ud800'), minLength: 120, maxLength: 300 }),
    ),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(texts, (some) => {
      const utf8 = new Utf8Text();
      for (const text of some) {
        utf8.set(text);
        expect(Buffer.from(utf8.bytes.subarray(utf8.start, utf8.end))).toEqual(Buffer.from(text));
      }
    }),
  );
});
