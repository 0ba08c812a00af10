import { expect, test } from 'vitest';
import { assertShallow } from '../../../src/http/server/body-nesting.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  ['nests too deep', `${'['.repeat(1_001)}${' '.repeat(70_000)}`, /1000 objects and lists within each other/],
  ['has too many objects', `[${'{},'.repeat(50_001)}1]`, /more than 50000 objects and lists$/],
])('a body that %s is refused', (_what, body, message) => {
  expect(() => assertShallow(bytes(body))).toThrow(message);
});

test('brackets within texts do not count, and a list of 10,000 objects with lists in them passes', () => {
  assertShallow(bytes(`["${'[{\\"'.repeat(60_000)}"]`));
  assertShallow(bytes(`[${'{"a":[1,2]},'.repeat(10_000)}1]`));
});
