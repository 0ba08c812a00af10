import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PresenceBuilder } from '../../src/columns/presence.ts';

test('presence tells which rows have a value, and how many do before each', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (flags) => {
      const builder = new PresenceBuilder();
      for (const [row, flag] of flags.entries()) if (flag) builder.set(row);
      const presence = builder.finish(flags.length);
      expect(flags.map((_, row) => presence.has(row))).toEqual(flags);
      expect(flags.map((_, row) => presence.rank(row))).toEqual(
        flags.map((_, row) => flags.slice(0, row).filter(Boolean).length),
      );
      expect(presence.size).toBe(flags.filter(Boolean).length);
    }),
  );
});

test('presence supports rows that are far apart', () => {
  const builder = new PresenceBuilder();
  builder.set(1_000_000);
  builder.set(3);
  const presence = builder.finish(1_000_001);
  expect([presence.has(3), presence.has(4), presence.rank(1_000_000)]).toEqual([true, false, 1]);
});
