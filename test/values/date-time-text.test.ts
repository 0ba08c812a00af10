import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDateTime, readDateTime } from '../../src/values/date-time-text.ts';

const digits = (count: number, most: number) =>
  fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(count, '0'));
const fraction = fc.stringMatching(/^\.\d{0,8}$/);
const zone = fc.constantFrom(
  ...['Z', 'z', '+00:00', '-00:00', '+02:00', '+00', '', ' BC', ' PM', ' PM/x', ' CEST'],
  ...[' Europe/Berlin', 'america/new_york', ' Nowhere/Else', ' Etc/GMT+5', '  Asia/Tokyo'],
);
const iso = fc
  .tuple(
    digits(4, 9999),
    digits(2, 13),
    digits(2, 32),
    digits(2, 25),
    digits(2, 60),
    fc.option(
      fc.tuple(digits(2, 61), fc.option(fraction, { nil: '' })).map(([second, rest]) => `:${second}${rest}`),
      { nil: '' },
    ),
    zone,
    fc.constantFrom('T', ' '),
  )
  .map(([year, month, day, hour, minute, seconds, offset, separator]) => {
    return `${year}-${month}-${day}${separator}${hour}:${minute}${seconds}${offset}`;
  });

test('a date and time in the usual format is read as with a space before it, which has no meaning', () => {
  fc.assert(
    fc.property(iso, (text) => {
      expect(readDateTime(text)).toEqual(readDateTime(` ${text}`));
      expect(isDateTime(text)).toBe(isDateTime(` ${text}`));
    }),
    { numRuns: 20_000 },
  );
});

test.each([
  ['2024-02-29T23:59:59.5Z', { date: { year: 2024, month: 2, day: 29 }, time: 86_399_500_000, offset: 0 }],
  ['0001-01-01T00:00:00+00:00', { date: { year: 1, month: 1, day: 1 }, time: 0, offset: 0 }],
  ['2023-02-29T00:00:00Z', undefined],
  ['0000-01-01T00:00:00Z', undefined],
  ['19000101T000000.PM BC', undefined],
])('%s is read', (text, expected) => {
  expect(readDateTime(text)).toEqual(expected);
});

test.each([
  ['2024-02-29 12:00 Europe/Berlin', true],
  ['2024-02-29 12:00 CEST', true],
  ['2024-02-29 12:00 +02', true],
  // Berlin has an offset, but it is not known for that year.
  ['1860-02-29 12:00 Europe/Berlin', true],
  ['2024-02-29 12:00 Nowhere/Else', false],
  ['2024-02-29 12:00 XYZ', false],
  ['2023-02-29 12:00 Europe/Berlin', false],
  ['12:00 Europe/Berlin', false],
])('whether %s may be a date and time is known without its offset', (text, expected) => {
  expect(isDateTime(text)).toBe(expected);
  if (!expected) expect(readDateTime(text)?.date).toBeUndefined();
});
