import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArenaColumn } from '../../../src/columns/arena-column.ts';
import { UuidColumn } from '../../../src/columns/uuid-column.ts';
import { findAscending } from '../../../src/rows/store/ascending-texts.ts';

const ascending = (texts: readonly string[]) =>
  [...new Set(texts)].map((text) => Buffer.from(text)).toSorted(Buffer.compare);

function arenaOf(texts: readonly Buffer[]): ArenaColumn {
  const offsets = new Uint32Array(texts.length + 1);
  for (const [row, text] of texts.entries()) offsets[row + 1] = (offsets[row] ?? 0) + text.length;
  return new ArenaColumn(offsets, new Uint8Array(Buffer.concat(texts)));
}

/** The same by looking at every row. */
function placeAmong(texts: readonly Buffer[], wanted: Buffer) {
  const index = texts.filter((text) => Buffer.compare(text, wanted) < 0).length;
  return { index, found: texts[index]?.equals(wanted) ?? false };
}

describe('a text is found, or its place, among ascending rows', () => {
  test.each([
    ['with anything in common', fc.string({ unit: 'binary', maxLength: 12 })],
    [
      'that begin alike',
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 14 }).map((end) => `user-${end}`),
    ],
    ['with bytes of zero', fc.string({ unit: fc.constantFrom('\0', '\u0001', 'ä', '\uffff'), maxLength: 9 })],
  ])('%s', (_what, text) => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 400, size: 'max' }), fc.array(text), (some, others) => {
        const texts = ascending(some);
        const column = arenaOf(texts);
        for (const wanted of [...some, ...others, '', 'user', 'user-', 'users'].map((value) =>
          Buffer.from(value),
        )) {
          expect(findAscending(column, wanted)).toEqual(placeAmong(texts, wanted));
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['random', fc.uuid()],
    // The first eight bytes of all are one of three.
    ['crowded', fc.tuple(fc.constantFrom('0000', '0001', 'ffff'), fc.nat(300)).map(crowdedUuid)],
  ])('where they are %s UUIDs', (_what, uuid) => {
    const uuids = fc.array(uuid, { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(uuids, fc.array(fc.oneof(uuid, fc.string({ maxLength: 40 }))), (some, others) => {
        const texts = ascending(some);
        const column = new UuidColumn(
          new Uint8Array(
            Buffer.concat(texts.map((text) => Buffer.from(text.toString().replaceAll('-', ''), 'hex'))),
          ),
        );
        for (const wanted of [...some, ...others, fewest, most].map((value) => Buffer.from(value))) {
          expect(findAscending(column, wanted)).toEqual(placeAmong(texts, wanted));
        }
      }),
      { numRuns: 60 },
    );
  });
});

const fewest = '00000000-0000-0000-0000-000000000000';
const most = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function crowdedUuid([group, number]: [string, number]): string {
  return `aaaaaaaa-bbbb-${group}-cccc-${number.toString(16).padStart(12, '0')}`;
}
