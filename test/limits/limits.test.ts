import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printDuration } from '../../src/duration.ts';
import { type LimitSetting, limitSettings, resolveLimits } from '../../src/limits/limits.ts';

test('every limit has a default, and a flag of its own', () => {
  const flags = Object.values(limitSettings).map(({ flag }) => flag);
  expect(new Set(flags).size).toBe(flags.length);
  expect(Object.keys(resolveLimits()).sort()).toEqual(Object.keys(limitSettings).sort());
  expect(resolveLimits({ depth: undefined })).toMatchObject({ depth: 20, listSize: 10_000, cost: 50_000 });
});

test('a given limit applies', () => {
  expect(resolveLimits({ depth: 1, cost: 7 })).toMatchObject({ depth: 1, cost: 7, aliases: 50 });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
  'a limit of %d is refused',
  (value) => {
    expect(() => resolveLimits({ aliases: value })).toThrowError(
      expect.objectContaining({
        name: 'ConfigurationError',
        message: `--max-aliases must be a whole number from 1 to 2147483647, but got ${value}`,
      }),
    );
  },
);

test('the documentation has every limit with its default', async () => {
  const page = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const settings: readonly LimitSetting[] = Object.values(limitSettings);
  for (const { flag, default: value, isDuration } of settings) {
    expect(page).toContain(`| \`${flag}\` | ${isDuration ? printDuration(value) : value} |`);
  }
});
