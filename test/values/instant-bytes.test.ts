import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestInstant, writeInstant } from '../../src/values/instant-bytes.ts';
import { timestampType } from '../../src/values/type/timestamp-types.ts';

const target = Buffer.alloc(longestInstant);

function written(milliseconds: number): string | undefined {
  const end = writeInstant(target, 0, milliseconds);
  return end < 0 ? undefined : target.toString('latin1', 0, end);
}

function printed(milliseconds: number): unknown {
  return timestampType.print(BigInt(Math.floor(milliseconds)) * 1000n);
}

test('an instant of the years 1 to 9999 is written as the type prints it', () => {
  const instant = fc.oneof(
    fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
    fc.constantFrom(0, -1, 951_782_400_000, 1_709_208_000_120, 1_709_208_000_100, 4_107_542_399_999),
    fc.double({ min: -1e12, max: 4e12, noNaN: true }),
  );
  fc.assert(
    fc.property(instant, (milliseconds) => {
      expect(written(milliseconds)).toBe(printed(milliseconds));
    }),
    { numRuns: 5_000 },
  );
});

test('every day of four hundred years is written as the type prints it', () => {
  for (let day = 0; day < 146_097; day++) {
    const milliseconds = Date.parse('1800-01-01T00:00:00Z') + day * 86_400_000;
    if (written(milliseconds) !== printed(milliseconds))
      expect(written(milliseconds)).toBe(printed(milliseconds));
  }
  expect(written(Date.parse('2199-12-31T00:00:00Z'))).toBe('2199-12-31T00:00:00');
});

test('other years, and texts that are not instants, are left to the type', () => {
  for (const milliseconds of [
    Date.parse('0001-01-01T00:00:00Z') - 1,
    Date.parse('9999-12-31T23:59:59.999Z') + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]) {
    expect(writeInstant(target, 0, milliseconds)).toBe(-1);
  }
});
