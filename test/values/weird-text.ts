import fc from 'fast-check';

/** Text that Postgres can hold: no NUL, no lone surrogate. With what sorts and folds in surprising ways. */
export const storableText = fc
  .string({
    unit: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...'abAB %_\\.zZ019"\'{},') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('é', 'É', 'ß', 'İ', 'ı', 'K', '\ufffd', '\uffff', '😀', '𐀀', '\u0301'),
      },
      { weight: 1, arbitrary: fc.constantFrom('\n', '\t', '\u0001', '\u007f', '\u0085', '\u00a0') },
    ),
    maxLength: 8,
  })
  .filter((text) => text.isWellFormed());

/** A text with some characters left out, doubled, or put in from elsewhere. */
export function mangled(text: fc.Arbitrary<string>, characters: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(40),
    removed: fc.nat(2),
    inserted: fc.string({ unit: fc.constantFrom(...characters), maxLength: 2 }),
  });
  return fc.tuple(text, fc.array(edit, { maxLength: 2 })).map(([original, edits]) =>
    edits
      .reduce((edited, { at, removed, inserted }) => {
        return edited.toSpliced(at % (edited.length + 1), removed, ...inserted);
      }, Array.from(original))
      .join(''),
  );
}

/** White space around a text, as C and Unicode have it. */
export function padded(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const space = fc.constantFrom('', '', '', '', ' ', '\t\n', '\v\f\r', '\u00a0');
  return fc.tuple(space, text, space).map((parts) => parts.join(''));
}
