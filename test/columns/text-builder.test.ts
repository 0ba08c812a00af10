import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteLengthOf } from '../../src/columns/byte-length.ts';
import type { RankedColumn, TextColumn } from '../../src/columns/column.ts';
import { Pace } from '../../src/columns/pace.ts';
import { TextBuilder } from '../../src/columns/text-builder.ts';
import { compareUtf8, nastyText, wellFormed } from './nasty-text.ts';
import { locatedTextsOf, textsOf } from './read-column.ts';

describe('a column of text', () => {
  test('has the given texts, as far as UTF-8 can represent them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(nastyText)), async (values) => {
        const column = await build(values);
        const expected = values.map((value) => (value === null ? null : wellFormed(value)));
        expect(textsOf(column)).toEqual(expected);
        if (column.encoding === 'text') {
          expect(locatedTextsOf(column)).toEqual(expected);
          expect(expected.map((_, row) => column.isNull(row))).toEqual(expected.map((text) => text === null));
        }
      }),
    );
  });

  test('returns values that repeat, whatever the order of rows', async () => {
    const few = fc.uniqueArray(nastyText, { minLength: 1, maxLength: 5 });
    const repeating = few.chain((texts) => fc.array(fc.option(fc.constantFrom(...texts)), { minLength: 20 }));
    await fc.assert(
      fc.asyncProperty(repeating, fc.infiniteStream(fc.double({ noNaN: true })), async (values, weights) => {
        const ranks = values.map(() => weights.next().value ?? 0);
        const order = Uint32Array.from(values.keys()).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
        const expected = Array.from(order, (arrival) => {
          const value = values[arrival];
          return value === null || value === undefined ? null : wellFormed(value);
        });
        expect(textsOf(await build(values, order))).toEqual(expected);
      }),
    );
  });

  test('ranks values that repeat in the order of their code points, each once', async () => {
    const values = Array.from(
      { length: 100 },
      (_, i) => ['\uffff', '\u{10000}', '\ud800', '\udc00', 'a'][i % 5],
    );
    const column = await build(values.map((value) => value ?? null));
    expect(column).toMatchObject({ encoding: 'ranked', values: ['a', '\ufffd', '\uffff', '\u{10000}'] });
    expect(values.map((value) => wellFormed(value ?? ''))).toEqual(textsOf(column));
  });

  test('with a very long text has the given texts', async () => {
    const long = 'é'.repeat(70_000);
    const values = Array.from({ length: 60 }, (_, i) => (i === 30 || i === 31 ? long : `v${i % 3}`));
    const column = await build(values);
    expect(column.encoding).toBe('text');
    expect(textsOf(column)).toEqual(values);
  });

  test('has no value of arrivals that became no row', async () => {
    const values = Array.from({ length: 40 }, (_, i) => (i === 7 ? 'gone' : `v${i % 3}`));
    const order = Uint32Array.from(values.keys()).filter((arrival) => arrival !== 7);
    expect(await build(values, order)).toMatchObject({ encoding: 'ranked', values: ['v0', 'v1', 'v2'] });
  });

  test.each([
    [300, Uint16Array],
    [70_000, Uint32Array],
  ])('takes codes wide enough for %i distinct values', async (distinct, Codes) => {
    const values = Array.from({ length: distinct * 10 }, (_, i) => `value ${i % distinct}`);
    // New values come among old ones, as they do in a scan.
    const arriving = values.map((_, i) => `value ${Math.floor(i / 10)}`);
    const column = await build(arriving);
    expect(column.encoding === 'ranked' && column.codes).toBeInstanceOf(Codes);
    expect(column.encoding === 'ranked' && column.values).toEqual(
      [...new Set(values)].sort((a, b) => compareUtf8(a, b)),
    );
    expect(textsOf(column)).toEqual(arriving);
  });

  test('keeps mostly distinct values as they are, however late they begin to differ', async () => {
    const values = Array.from({ length: 6000 }, (_, i) => (i < 500 ? 'same' : `value ${i}`));
    const column = await build(values);
    expect(column.encoding).toBe('text');
    expect(textsOf(column)).toEqual(values);
  });

  test('packs UUIDs into sixteen bytes', async () => {
    const values = Array.from({ length: 3000 }, uuid);
    const column = await build(values);
    expect(byteLengthOf(column)).toBe(16 * 3000);
    expect(textsOf(column)).toEqual(values);
  });

  test('stores UUIDs beside other texts', async () => {
    const values = Array.from({ length: 3000 }, (_, i) => (i % 7 === 6 ? `google_${i}` : uuid()));
    expect(textsOf(await build(values))).toEqual(values);
  });

  test('needs little space for values that few rows have', async () => {
    const values = Array.from({ length: 32_000 }, (_, i) => (i % 1000 === 0 ? `tenant ${i}` : null));
    const column = await build(values);
    expect(byteLengthOf(column)).toBeLessThan(32_000 / 2);
    expect(textsOf(column)).toEqual(values);
  });

  test('is all NULL if no row has a value', async () => {
    expect(textsOf(await build([null, null, null]))).toEqual([null, null, null]);
  });

  test('stores values that are longer than the pieces it grows by', async () => {
    const values = ['a'.repeat(700_000), 'b', 'ü'.repeat(400_000), '', 'c'.repeat(262_144)];
    const column = await build(values);
    expect(textsOf(column)).toEqual(values);
  });
});

async function build(
  values: readonly (string | null)[],
  order = Uint32Array.from(values.keys()),
): Promise<RankedColumn | TextColumn> {
  const builder = new TextBuilder();
  for (const [arrival, value] of values.entries()) if (value !== null) builder.set(arrival, value);
  return builder.finish(order, new Pace());
}

function uuid(): string {
  return crypto.randomUUID();
}
