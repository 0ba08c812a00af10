import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, printDuration } from '../src/duration.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['60', 60_000],
  ['0', 0],
  ['1.5', 1_500],
  ['0.5ms', 1],
])('%s is %i milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 's', '5 s', '-1', '+1', '1e3', '5x', '10S', '1d', '600h', 'Infinity', '0x10', '1.', '.5'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('every duration is read as it is printed', () => {
  fc.assert(
    fc.property(fc.nat(), (ms) => {
      expect(parseDuration(printDuration(ms))).toBe(ms);
    }),
  );
});
