import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArenaColumn } from '../../src/columns/arena-column.ts';
import { BooleanBuilder } from '../../src/columns/boolean-builder.ts';
import type { ColumnBuilder } from '../../src/columns/column-builder.ts';
import { NumberBuilder } from '../../src/columns/number-builder.ts';
import { Pace } from '../../src/columns/pace.ts';

test('a column of numbers has its numbers, and NaN for NULL', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.double({ noNaN: true }))), async (values) => {
      const column = await fill(new NumberBuilder(), values).finish(reversed(values), new Pace());
      expect(column).toMatchObject({ encoding: 'number' });
      expect([...column.values]).toEqual(values.toReversed().map((value) => value ?? Number.NaN));
    }),
  );
});

test('a column of booleans ranks false before true, with code 0 for NULL', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.boolean())), async (values) => {
      const column = await fill(new BooleanBuilder(), values).finish(reversed(values), new Pace());
      expect(column).toMatchObject({ encoding: 'ranked', values: [false, true] });
      expect([...column.codes]).toEqual(
        values.toReversed().map((value) => (value === null ? 0 : value ? 2 : 1)),
      );
    }),
  );
});

test('columns grow beyond the pieces they grow by', async () => {
  const values = Array.from({ length: 100_000 }, (_, i) => i);
  const column = await fill(new NumberBuilder(), values).finish(reversed(values), new Pace());
  expect([...column.values]).toEqual(values.toReversed());
});

test('text beyond two gigabytes is read from its position', () => {
  const start = 2 ** 31 + 5;
  // Pages that nothing is written to take no memory.
  const bytes = new Uint8Array(start + 3);
  bytes.set([0x61, 0x62, 0x63], start);
  const column = new ArenaColumn(Uint32Array.of(start, start + 3), bytes);
  expect(column.get(0)).toBe('abc');
});

function fill<T, B extends ColumnBuilder<T>>(builder: B, values: readonly (T | null)[]): B {
  for (const [arrival, value] of values.entries()) if (value !== null) builder.set(arrival, value);
  return builder;
}

/** The rows in the opposite order of their arrival. */
function reversed(values: readonly unknown[]): Uint32Array {
  return Uint32Array.from(values.keys()).reverse();
}
