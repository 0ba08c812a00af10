import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listed, shown } from '../src/wording.ts';

test('a rejected value is shown by its JSON, of which no more than a hundred characters are repeated', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(shown(value)).toBe(json.length > 100 ? `${json.slice(0, 100)}…` : json);
    }),
    { numRuns: 2_000 },
  );
  expect(shown(undefined)).toBe('nothing');
});

test('of a large value only the beginning is read', () => {
  let read = 0;
  const elements = new Proxy(
    Array.from({ length: 100_000 }, () => 1),
    {
      get(target, name) {
        read++;
        return Reflect.get(target, name);
      },
    },
  );
  expect(shown({ a: elements })).toMatch(/^\{"a":\[1,1,1[1,]+…$/);
  expect(read).toBeLessThan(1_000);
});

test('of many or long names only the first are shown', () => {
  expect(listed([])).toBe('none');
  expect(listed(['a', 'b'])).toBe('a, b');
  expect(listed(Array.from({ length: 5_000 }, (_, i) => `n${i}`))).toBe(
    'n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, …',
  );
  expect(listed(['x'.repeat(1_000)])).toHaveLength(101);
});
