import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import { BlockFileWriter, blockLength } from '../../../src/snapshot/exchange/block-file.ts';
import { MemoryPlace } from '../../../src/snapshot/exchange/memory-place.ts';
import type { Part } from '../../../src/snapshot/exchange/place.ts';
import { PublishedParts } from '../../../src/snapshot/exchange/published-parts.ts';
import { parseSnapshotKey, type SnapshotKey } from '../../../src/snapshot/file/key.ts';
import { UnusableFile } from '../../../src/snapshot/file/unusable-file.ts';
import { ColumnarSnapshot } from '../../../src/snapshot/snapshot.ts';
import { fields, readBack } from '../records.ts';

const rows = 2_000;

const seals = [
  ['as it is', undefined],
  ['encrypted', parseSnapshotKey(randomBytes(32).toString('hex'))],
] as const;

let place: MemoryPlace;
let writer: PublishedParts;

beforeEach(() => {
  place = new MemoryPlace(systemClock);
  writer = open();
});

afterEach(() => {
  vi.restoreAllMocks();
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

test.each([
  ['as it is', undefined],
  ['encrypted', parseSnapshotKey(randomBytes(32).toString('hex'))],
])(
  'a part in which any bit is another is refused, even if its block bears the right name: %s',
  async (_, key) => {
    const parts = open(key);
    const first = await small('a', 'b', 'c', 'd');
    const one = await parts.write(first, undefined);
    const two = await parts.write(await small('a', 'b', 'c', 'e'), { snapshot: first, parts: one.parts });
    expect(two.parts).toHaveLength(2);
    for (const [place, part] of two.parts.entries()) {
      const bytes = await bytesOf(part);
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const read = parts.read({ parts: two.parts.with(place, await store(damaged)) }, undefined, false);
        await expect(read, `bit ${bit} of part ${place}`).rejects.toThrow(UnusableFile);
      }
    }
  },
);

test.each(seals)('a part of another object, or of another kind, is refused: %s', async (_, key) => {
  const [users, others] = [open(key), new PublishedParts({ place, object: 'others', key, fields })];
  const first = await small('a', 'b', 'c', 'd');
  const one = await users.write(first, undefined);
  const { parts } = await users.write(await small('a', 'b', 'c', 'e'), { snapshot: first, parts: one.parts });
  for (const { blocks } of parts) {
    const found = await place.getBlocks('users', blocks);
    await place.putBlocks(
      'others',
      [...found].map(([hash, bytes]) => ({ hash, bytes })),
    );
  }
  const reason = new UnusableFile('belongs to another object, or has other columns');
  await expect(others.read({ parts }, undefined, false)).rejects.toThrow(reason);
  const theirs = await others.write(first, undefined);
  const mixed = [...theirs.parts, ...parts.slice(1)];
  await expect(others.read({ parts: mixed }, undefined, false)).rejects.toThrow(reason);
  await expect(users.read({ parts: parts.toReversed() }, undefined, false)).rejects.toThrow(UnusableFile);
});

describe('a part is refused before it takes memory,', () => {
  const long = 300 * blockLength;

  test('if it names the same block again and again', async () => {
    const fetched = vi.spyOn(place, 'getBlocks');
    const [whole] = (await writer.write(await build(0), undefined)).parts;
    const [first = ''] = whole?.blocks ?? [];
    const file = new BlockFileWriter(place, 'users');
    const bytes = Buffer.alloc(2 * blockLength);
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes.subarray(at))).bytesWritten;
    const [, zeros = ''] = (await file.end()).blocks;
    const part = { byteLength: long, blocks: [first, ...Array<string>(299).fill(zeros)] };
    await expectRefused(part, 'has a damaged block');
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['fewer', long, 299],
    ['more', long, 301],
    ['more', 0, 1],
    ['more', -blockLength, 1],
    ['more', -1, 0],
    ['more', Number.NaN, 1],
    ['more', 0.5, 1],
    ['fewer', Number.POSITIVE_INFINITY, 1],
  ])('if it has %s blocks than its length: %d bytes in %i', async (_, byteLength, count) => {
    const blocks = Array.from({ length: count }, (_, i) => `block ${i}`);
    await expectRefused({ byteLength, blocks }, 'has more or fewer blocks than its length');
  });

  test('if a block has more or fewer bytes than a block', async () => {
    const [whole] = (await writer.write(await small('a'), undefined)).parts;
    if (!whole) return expect.fail('no part');
    for (const byteLength of [whole.byteLength - 1, whole.byteLength + 1]) {
      await expectRefused({ ...whole, byteLength }, 'has a damaged block');
    }
  });

  test('if it, or all changes together, are longer than the largest snapshot', async () => {
    const fetched = vi.spyOn(place, 'getBlocks');
    const limited = new PublishedParts({
      place,
      object: 'users',
      key: undefined,
      fields,
      maxSnapshotBytes: 10_000,
    });
    const whole = { byteLength: 2e6, blocks: ['a', 'b', 'c', 'd'] };
    const reason = 'has 2000000 bytes, more than a snapshot of 10000 bytes takes (--max-snapshot-bytes)';
    await expectRefused(whole, reason, limited);
    const snapshot = await small('a');
    const { parts } = await writer.write(snapshot, undefined);
    const delta = { byteLength: 1e6, blocks: ['a', 'b'] };
    const known = { snapshot, parts };
    const readAll = (...deltas: readonly Part[]) =>
      limited.read({ parts: [...parts, ...deltas] }, known, false);
    await expect(readAll(delta, delta)).rejects.toThrow(new UnusableFile(reason));
    await expect(readAll(delta, delta, { byteLength: -2e6, blocks: [] })).rejects.toThrow(UnusableFile);
    await expect(readAll(...Array<Part>(257).fill({ byteLength: 1, blocks: ['a'] }))).rejects.toThrow(
      new UnusableFile('has more than 256 sets of changes'),
    );
    expect(fetched).not.toHaveBeenCalled();
  });

  async function expectRefused(part: Part, reason: string, reader = open()): Promise<void> {
    await expect(reader.read({ parts: [part] }, undefined, false)).rejects.toThrow(new UnusableFile(reason));
  }
});

test('changes of another snapshot are refused', async () => {
  const [whole, other] = [await writer.write(await small('a'), undefined), await build(0)];
  const { parts } = await writer.write(await build(1), { snapshot: other, parts: whole.parts });
  await expect(open().read({ parts }, undefined, false)).rejects.toThrow(
    new UnusableFile('has changes of another snapshot'),
  );
});

function open(key?: SnapshotKey): PublishedParts {
  return new PublishedParts({ place, object: 'users', key, fields });
}

/** The bytes of a part that is as small as a block. */
async function bytesOf({ blocks }: Part): Promise<Uint8Array> {
  const found = await place.getBlocks('users', blocks);
  return found.get(blocks[0] ?? '') ?? expect.fail('no block');
}

async function store(bytes: Uint8Array): Promise<Part> {
  const file = new BlockFileWriter(place, 'users');
  await file.write(bytes);
  return file.end();
}

/** Users with these names. */
async function small(...names: readonly string[]): Promise<ColumnarSnapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add(
    names.map((name) => ({ fields: [name, true, 0, 'CONFIRMED'], attributes: [['email', `${name}@x`]] })),
  );
  return builder.finish({ startedAt: 0, pages: 1, requests: 1, throttles: 0, durationMs: 1 });
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
