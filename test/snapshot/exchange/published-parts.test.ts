import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import { MemoryPlace } from '../../../src/snapshot/exchange/memory-place.ts';
import type { Part } from '../../../src/snapshot/exchange/place.ts';
import { PublishedParts } from '../../../src/snapshot/exchange/published-parts.ts';
import { ColumnarSnapshot } from '../../../src/snapshot/snapshot.ts';
import { fields, readBack } from '../records.ts';

const rows = 2_000;

let place: MemoryPlace;
let writer: PublishedParts;

beforeEach(() => {
  place = new MemoryPlace(systemClock);
  writer = open();
});

test('a gateway without a snapshot reads a complete one and all changes since', async () => {
  const snapshots = await Promise.all(Array.from({ length: 40 }, (_, generation) => build(generation)));
  let parts: readonly Part[] = [];
  let known: { snapshot: ColumnarSnapshot; parts: readonly Part[] } | undefined;
  for (const snapshot of snapshots) {
    ({ parts } = await writer.write(snapshot, known));
    known = { snapshot, parts };
  }
  expect(parts).toHaveLength(40);
  const content = await open().read({ parts }, undefined, false);
  expect(readBack(new ColumnarSnapshot(content))).toEqual(readBack(await build(39)));
});

test('a gateway that is some snapshots behind reads only the changes since', async () => {
  const [first, second, third] = [await build(0), await build(1), await build(2)];
  const one = await writer.write(first, undefined);
  const two = await writer.write(second, { snapshot: first, parts: one.parts });
  const three = await writer.write(third, { snapshot: second, parts: two.parts });
  const reader = open();
  const content = await reader.read(three, { snapshot: first, parts: one.parts }, false);
  expect(readBack(new ColumnarSnapshot(content))).toEqual(readBack(third));
  expect(reader.bytesRead).toBe(lengthOf(three.parts.slice(1)));
});

test('once the deltas are half as large as a snapshot, a complete one is written, and the step from the previous one', async () => {
  const [before, after] = [await build(0), await build(1)];
  const { parts } = await writer.write(before, undefined);
  const [whole] = parts;
  const deltas = [{ byteLength: (whole?.byteLength ?? 0) / 2 + 1, blocks: ['some delta'] }];
  const known = { snapshot: before, parts: [...parts, ...deltas] };
  const { step, ...compacted } = await writer.write(after, known);
  expect(compacted.parts).toHaveLength(1);

  const follower = open();
  const next = await follower.read({ ...compacted, step }, known, true);
  expect(readBack(new ColumnarSnapshot(next))).toEqual(readBack(after));
  expect(follower.bytesRead).toBe(step?.byteLength);
  expect(follower.bytesRead).toBeLessThan(0.05 * lengthOf(compacted.parts));

  const newcomer = open();
  const all = await newcomer.read({ ...compacted, step }, undefined, false);
  expect(readBack(new ColumnarSnapshot(all))).toEqual(readBack(after));
  expect(newcomer.bytesRead).toBe(lengthOf(compacted.parts));
});

test('if more than a quarter of the rows have changed, only a complete snapshot is written', async () => {
  const before = await build(0);
  const { parts } = await writer.write(before, undefined);
  const written = await writer.write(await build(1, 3), { snapshot: before, parts });
  expect(written.parts).toHaveLength(1);
  expect(written.step).toBeUndefined();
});

function open(): PublishedParts {
  return new PublishedParts({ place, object: 'users', key: undefined, fields });
}

/** Users of whom one in so many has been changed by each generation so far, each time another one. */
async function build(generation: number, changeEvery = 1_000): Promise<ColumnarSnapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  const change = (i: number) => Math.max(0, generation - ((generation + i) % changeEvery));
  builder.add(
    Array.from({ length: rows }, (_, i) => ({
      fields: [`user-${String(i).padStart(6, '0')}`, true, 1_700_000_000_000 + i, 'CONFIRMED'],
      attributes: [['email', `${change(i)}.${i}@example.com`]],
    })),
  );
  return builder.finish({ startedAt: 0, pages: 1, requests: 1, throttles: 0, durationMs: 1 });
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
