import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import { applyDelta } from '../../../src/snapshot/exchange/apply-delta.ts';
import { composeDeltas } from '../../../src/snapshot/exchange/compose-deltas.ts';
import { type Delta, deltaBetween, isEmptyDelta } from '../../../src/snapshot/exchange/delta.ts';
import { ColumnarSnapshot } from '../../../src/snapshot/snapshot.ts';
import type { SourceRecord } from '../../../src/source/source.ts';
import { anyRecord, asStored, fields, readBack } from '../records.ts';

/** A pool of users as they are in life, and what becomes of some of them. */
const users = (count: number): SourceRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    fields: [`user-${String(i).padStart(6, '0')}`, i % 7 > 0, 1_700_000_000_000 + i, 'CONFIRMED'],
    attributes: [
      ['sub', `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`],
      ...(i % 3 === 0 ? [] : [['email', `user${i}@example.com`] as const]),
      ['custom:tenant', `tenant ${i % 40}`],
      ...(i % 11 === 0 ? [['custom:none', null] as const] : []),
    ],
  }));

test('any two snapshots: the older one and their delta make the newer one', async () => {
  const records = fc.array(anyRecord, { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(records, records, records, async (kept, gone, come) => {
      await expectRoundTrip([...kept, ...gone], [...come, ...kept]);
    }),
    { numRuns: 150 },
  );
}, 60_000);

const change = fc.record({
  at: fc.nat(299),
  kind: fc.constantFrom('remove', 'disable', 'email', 'no email', 'tenant', 'attribute', 'add', 'twice'),
  value: fc.oneof(fc.constantFrom('tenant 1', 'tenant 7'), fc.string(), fc.uuid()),
});

test('changed, added and removed users are carried over', async () => {
  const before = users(300);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 40 }), async (changes) => {
      await expectRoundTrip(before, changed(before, changes));
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('deltas add up', async () => {
  const first = await build(users(200));
  const rescans = fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rescans, async (changes) => {
      let published = first;
      let scanned = first;
      for (const some of changes) {
        scanned = await build(changed(readBack(scanned), some));
        published = await carriedOver(published, scanned);
        expect(readBack(published)).toEqual(readBack(scanned));
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('consecutive deltas compose to one delta from the first snapshot to the last', async () => {
  const first = await build(users(200));
  const rescans = fc.array(fc.array(change, { maxLength: 8 }), { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(rescans, async (changes) => {
      const deltas: Delta[] = [];
      let scanned = first;
      for (const some of changes) {
        const next = await build(changed(readBack(scanned), some));
        deltas.push(await deltaBetween(scanned, next, fields, new Pace()));
        scanned = next;
      }
      const composed = (await composeDeltas(deltas, new Pace())) ?? expect.fail('no delta');
      const content = await applyDelta(first.content, composed, new Pace());
      expect(readBack(new ColumnarSnapshot(content))).toEqual(readBack(scanned));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('any three snapshots: two deltas compose to one', async () => {
  const records = fc.array(anyRecord, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(records, records, records, records, async (a, b, c, d) => {
      const [one, two, three] = [
        await build([...a, ...b]),
        await build([...b, ...c]),
        await build([...a, ...c, ...d]),
      ];
      const deltas = [
        await deltaBetween(one, two, fields, new Pace()),
        await deltaBetween(two, three, fields, new Pace()),
      ];
      const composed = (await composeDeltas(deltas, new Pace())) ?? expect.fail('no delta');
      const content = await applyDelta(one.content, composed, new Pace());
      expect(readBack(new ColumnarSnapshot(content))).toEqual(readBack(three));
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('the delta between two scans of the same users is empty', async () => {
  const [one, other] = [await build(users(1_000)), await build(users(1_000).toReversed())];
  expect(isEmptyDelta(await deltaBetween(one, other, fields, new Pace()))).toBe(true);
});

test('columns that were shared are shared again', async () => {
  const shared = (count: number) =>
    users(count).map(({ fields, attributes }) => ({
      fields,
      attributes: [...attributes, ['preferred_username', String(fields[0])] as const],
    }));
  const merged = await carriedOver(await build(shared(3_000)), await build(shared(3_010)));
  expect(merged.column({ kind: 'attribute', attribute: 'preferred_username' })).toBe(merged.identity);
});

test('a delta of another snapshot is rejected', async () => {
  const delta = await deltaBetween(await build(users(100)), await build(users(90)), fields, new Pace());
  const { content } = await build(users(50));
  await expect(applyDelta(content, delta, new Pace())).rejects.toThrow(RangeError);
});

async function expectRoundTrip(
  before: readonly SourceRecord[],
  after: readonly SourceRecord[],
): Promise<void> {
  const [older, newer] = [await build(before), await build(after)];
  const merged = await carriedOver(older, newer);
  expect(readBack(merged)).toEqual(asStored(after));
  for (const column of merged.content.fields.values()) {
    if (column.encoding !== 'ranked' || column.values[0] === false) continue;
    const inUse = new Set(Array.from(column.codes).filter((code) => code > 0));
    expect(column.values).toHaveLength(inUse.size);
  }
}

async function carriedOver(older: ColumnarSnapshot, newer: ColumnarSnapshot): Promise<ColumnarSnapshot> {
  const delta = await deltaBetween(older, newer, fields, new Pace());
  return new ColumnarSnapshot(await applyDelta(older.content, delta, new Pace()));
}

function changed(
  before: readonly SourceRecord[],
  changes: readonly { at: number; kind: string; value: string }[],
) {
  const after = [...before];
  for (const { at, kind, value } of changes) {
    const user = after[at % after.length];
    if (!user) continue;
    const attributes = user.attributes.filter(([name]) => name !== 'email');
    const replacement: Record<string, SourceRecord[]> = {
      remove: [],
      disable: [{ ...user, fields: [user.fields[0] ?? '', null, null, value] }],
      email: [{ ...user, attributes: [['email', value], ...attributes] }],
      'no email': [{ ...user, attributes }],
      tenant: [{ ...user, attributes: [...attributes, ['custom:tenant', value]] }],
      attribute: [{ ...user, attributes: [...user.attributes, [value, value], [value, null]] }],
      add: [user, { ...user, fields: [`user-${value}`, ...user.fields.slice(1)] }],
      twice: [{ ...user, attributes: [...user.attributes, ...user.attributes] }],
    };
    after.splice(at % after.length, 1, ...(replacement[kind] ?? []));
  }
  return after;
}

async function build(records: readonly SourceRecord[]): Promise<ColumnarSnapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add(records);
  return builder.finish({ startedAt: 0, pages: 1, requests: 1, throttles: 0, durationMs: 1 });
}
