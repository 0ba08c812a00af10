import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdentitySet } from '../../src/source/identity-set.ts';

describe('a set of identities', () => {
  test('adds a text once', () => {
    const set = new IdentitySet();
    expect([set.add('alice'), set.add('bob'), set.add('alice')]).toEqual([true, true, false]);
    expect(set.size).toBe(2);
  });

  test('agrees with a set of strings, whatever the texts and the seed, and whether they come as strings or as bytes', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 2 })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(texts, fc.nat(), (given, seed) => {
        const set = new IdentitySet(seed);
        const reference = new Set<string>();
        for (const [i, text] of given.entries()) {
          const bytes = Buffer.from(`..${text}.`);
          const isNew = i % 2 === 0 ? set.add(text) : set.addBytes(bytes, 2, bytes.length - 1);
          expect(isNew).toBe(!reference.has(text));
          reference.add(text);
        }
        expect(set.size).toBe(reference.size);
      }),
    );
  });

  test('keeps texts that begin alike, or hold NUL, apart', () => {
    const set = new IdentitySet();
    const texts = ['', '\0', '\0\0', 'a', 'a\0', 'ab', 'é', 'e\u0301', '😀'];
    expect(texts.map((text) => set.add(text))).toEqual(texts.map(() => true));
    expect(texts.map((text) => set.add(text))).toEqual(texts.map(() => false));
  });

  test('stays exact over many chunks', () => {
    const set = new IdentitySet();
    const text = (i: number) => `user-${i}-${'x'.repeat(i % 97)}`;
    for (let i = 0; i < 50_000; i++) set.add(text(i));
    expect(set.size).toBe(50_000);
    for (let i = 0; i < 50_000; i++) if (set.add(text(i))) throw new Error(`${text(i)} must be known`);
    expect(set.add('another')).toBe(true);
  });

  test('holds texts that are longer than a chunk, and short ones between them', () => {
    const texts = [90_000, 1, 1_000_000, 2, 300_000, 3].flatMap((length) =>
      ['x', 'ü'].map((c) => c.repeat(length)),
    );
    const set = new IdentitySet();
    for (const text of texts) expect(set.add(text)).toBe(true);
    for (const text of texts) expect(set.add(text)).toBe(false);
    expect(set.size).toBe(texts.length);
  });
});
