import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistinctTexts } from '../../src/columns/distinct-texts.ts';
import { nastyText } from './nasty-text.ts';

describe('distinct texts', () => {
  test('are numbered in the order in which they come', () => {
    const distinct = new DistinctTexts();
    expect(['alice', 'bob', 'alice', 'carol', 'bob'].map((text) => distinct.add(text))).toEqual([
      0, 1, 0, 2, 1,
    ]);
    expect(distinct.texts.count).toBe(3);
    expect(distinct.texts.get(2)).toBe('carol');
  });

  test('are those of a map of strings, whatever they are and the seed is, as strings and as bytes', () => {
    fc.assert(
      fc.property(fc.array(nastyText, { maxLength: 300 }), fc.nat(), (given, seed) => {
        const distinct = new DistinctTexts(seed);
        const reference = new Map<string, number>();
        for (const [i, text] of given.entries()) {
          const bytes = Buffer.from(`..${text}.`);
          const number = i % 2 === 0 ? distinct.add(text) : distinct.addBytes(bytes, 2, bytes.length - 1);
          const known = text.toWellFormed();
          if (!reference.has(known)) reference.set(known, reference.size);
          expect(number).toBe(reference.get(known));
        }
        expect(distinct.texts.count).toBe(reference.size);
      }),
    );
  });

  test('that begin alike, or contain NUL, are distinguished', () => {
    const distinct = new DistinctTexts();
    const texts = ['', '\0', '\0\0', 'a', 'a\0', 'ab', 'é', 'e\u0301', '😀'];
    for (let again = 0; again < 2; again++)
      expect(texts.map((text) => distinct.add(text))).toEqual([...texts.keys()]);
  });

  test.each([0, 1, 0xffffffff])('stay exact while their table grows (seed %i)', (seed) => {
    const distinct = new DistinctTexts(seed);
    const text = (i: number) => `user-${i}-${'x'.repeat(i % 97)}`;
    const wrong: string[] = [];
    for (let i = 0; i < 100_000; i++) if (distinct.add(text(i)) !== i) wrong.push(text(i));
    for (let i = 0; i < 100_000; i++) if (distinct.add(text(i)) !== i) wrong.push(text(i));
    expect(wrong).toEqual([]);
  });

  test('may be long, and short ones between them', () => {
    const texts = [90_000, 1, 1_000_000, 2, 300_000, 3].flatMap((length) =>
      ['x', 'ü'].map((c) => c.repeat(length)),
    );
    const distinct = new DistinctTexts();
    for (let again = 0; again < 2; again++)
      expect(texts.map((text) => distinct.add(text))).toEqual([...texts.keys()]);
  });
});
