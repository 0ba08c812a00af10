import { expect, test } from 'vitest';
import { prettyLine } from '../../src/cli/pretty-line.ts';

const line = (facts: object) =>
  prettyLine(
    JSON.stringify({ level: 40, time: '2026-01-02T03:04:05.678Z', event: 'problem', ...facts }),
    false,
  );

test('a line of the log has its time, level and message, and its facts below', () => {
  expect(line({ object: 'shop.orders', rows: 3, message: 'something is wrong' })).toBe(
    '[03:04:05.678] WARN: something is wrong\n    object: "shop.orders"\n    rows: 3\n',
  );
});

test('a stack is shown line by line', () => {
  expect(line({ message: 'unexpected', stack: 'Error: x\n    at y' })).toBe(
    '[03:04:05.678] WARN: unexpected\n    Error: x\n        at y\n',
  );
});

test('nothing in it is a command to the terminal', () => {
  const written = line({ object: 'a\u001b[2J\u009b1m', message: '\u001b[31mred\r\n', stack: '\u0007' });
  expect(written.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(written).toContain('\\u001b[31mred');
});
