import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainObject, withoutPrototypes } from '../../src/values/plain-object.ts';

test.each([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  [undefined, false],
  ['text', false],
])('whether %j is an object of JSON: %s', (value, expected) => {
  expect(isPlainObject(value)).toBe(expected);
});

test('objects without prototypes are the same JSON, and inherit nothing', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const bare = withoutPrototypes(JSON.parse(json));
      expect(JSON.stringify(bare)).toBe(JSON.stringify(JSON.parse(json)));
    }),
  );
  const { list } = withoutPrototypes({ list: [{ inner: {} }] });
  expect(['constructor', 'toString'].map((name) => name in (list[0]?.inner ?? {}))).toEqual([false, false]);
});

test('JSON of any depth is gone through', () => {
  const depth = 100_000;
  let deep: object = {};
  for (let i = 0; i < depth; i++) deep = { deep };
  expect(Object.getPrototypeOf(withoutPrototypes(deep))).toBeNull();
});
