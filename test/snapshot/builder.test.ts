import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { type ScanFacts, SnapshotBuilder } from '../../src/snapshot/builder.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { SourceRecord } from '../../src/source/source.ts';
import { anyRecord, asStored, fields, readBack } from './records.ts';

const facts: ScanFacts = {
  startedAt: 1_700_000_000_000,
  pages: 2,
  requests: 3,
  throttles: 1,
  durationMs: 40,
};

describe('a snapshot', () => {
  test('has every record of its scan, in the order of the identities', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyRecord)), async (pages) => {
        const snapshot = await build(pages);
        const expected = asStored(pages.flat());
        expect(snapshot.rowCount).toBe(expected.length);
        expect(readBack(snapshot)).toEqual(expected);
      }),
    );
  });

  test('returns the first attribute of a name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord), async (records) => {
        const snapshot = await build([records]);
        for (const [row, { attributes }] of asStored(records).entries()) {
          for (const name of ['sub', 'email', 'absent', ...attributes.map(([name]) => name)]) {
            const first = attributes.find(([other]) => other === name)?.[1] ?? null;
            expect(snapshot.attribute(row, name)).toBe(first);
          }
        }
      }),
    );
  });

  test('keeps only the attributes that are needed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord), async (records) => {
        const snapshot = await build([records], new Set(['email', 'custom:tenant']));
        const expected = asStored(records).map(({ attributes }) =>
          attributes.filter(([name]) => name === 'email' || name === 'custom:tenant'),
        );
        expect(expected.map((_, row) => snapshot.attributes(row))).toEqual(expected);
        expect(snapshot.column({ kind: 'attribute', attribute: 'sub' })).toBeUndefined();
      }),
    );
  });

  test('has no column for an attribute that no row has', async () => {
    const snapshot = await build([[record('a', [['email', 'a@b']])]]);
    expect(snapshot.column({ kind: 'attribute', attribute: 'phone' })).toBeUndefined();
    expect(snapshot.column({ kind: 'field', field: 'phone' })).toBeUndefined();
    expect(snapshot.attribute(0, 'phone')).toBeNull();
  });

  test('stores equal columns once', async () => {
    const records = Array.from({ length: 50 }, () => crypto.randomUUID()).map((id) =>
      record(id, [
        ['sub', id],
        ['email', `${id}@example.com`],
        ['preferred_username', `${id}@example.com`],
      ]),
    );
    const snapshot = await build([records]);
    const column = (attribute: string) => snapshot.column({ kind: 'attribute', attribute });
    expect(column('sub')).toBe(snapshot.column({ kind: 'field', field: 'username' }));
    expect(column('preferred_username')).toBe(column('email'));
    expect(column('email')).not.toBe(column('sub'));
  });

  test('keeps the first of the records with the same identity', async () => {
    const snapshot = await build([
      [record('b', [['email', 'first']]), record('a', [])],
      [record('b', [['email', 'second']])],
    ]);
    expect(snapshot.stats.rows).toBe(2);
    expect(readBack(snapshot)).toEqual([record('a', []), record('b', [['email', 'first']])]);
  });

  test('keeps a repeated name and a null value as they are', async () => {
    const attributes: SourceRecord['attributes'] = [
      ['email', null],
      ['email', 'a@b'],
      ['sub', '1'],
      ['email', 'a@b'],
    ];
    const snapshot = await build([[record('a', attributes)]]);
    expect(snapshot.attributes(0)).toEqual(attributes);
    expect(snapshot.attribute(0, 'email')).toBeNull();
  });

  test('accepts attributes in many different orders', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `name${i}`);
    const shuffled = (i: number) => names.toSorted((a, b) => weight(a, i) - weight(b, i));
    const records = Array.from({ length: 2000 }, (_, i) =>
      record(
        String(i),
        shuffled(i).map((name) => [name, `${name} of ${i % 9}`]),
      ),
    );
    expect(readBack(await build([records]))).toEqual(asStored(records));
  });

  test('has the start and the statistics of its scan', async () => {
    const snapshot = await build([[record('a', [])]]);
    expect(snapshot.startedAt).toBe(1_700_000_000_000);
    expect(snapshot.stats).toEqual({ rows: 1, pages: 2, requests: 3, throttles: 1, durationMs: 40 });
  });

  test('is empty after a scan that found no rows', async () => {
    const snapshot = await build([]);
    expect(snapshot.rowCount).toBe(0);
    expect(snapshot.column({ kind: 'field', field: 'username' })).toMatchObject({ length: 0 });
  });

  test.each([
    ['an identity that is null', [null, true, 0]],
    ['a boolean that is text', ['a', 'true', 0]],
    ['a timestamp that is text', ['a', true, '2020']],
  ])('refuses %s', (_, values) => {
    const builder = new SnapshotBuilder({ fields, needs: 'all' });
    expect(() => builder.add([{ fields: values, attributes: [] }])).toThrow(ScanError);
  });

  test('refuses rows of a thousand different attributes, but not a thousand that are not kept', () => {
    const rows = Array.from({ length: 20 }, (_, i) =>
      record(
        String(i),
        Array.from({ length: 60 }, (_, j) => [`name ${i}.${j}`, 'value']),
      ),
    );
    const all = new SnapshotBuilder({ fields, needs: 'all' });
    expect(() => all.add(rows)).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('more than 1000 different attributes') }),
    );
    new SnapshotBuilder({ fields, needs: new Set(['name 0.0']) }).add(rows);
  });

  test('is added in steps, of which a large page takes many', () => {
    const builder = new SnapshotBuilder({ fields, needs: 'all' });
    const page = Array.from({ length: 60 }, (_, i) =>
      record(
        String(i),
        Array.from({ length: 20 }, (_, j) => [`name ${j}`, `${i}`.padEnd(10_000)]),
      ),
    );
    expect([...builder.addSteps(page)].length).toBeGreaterThan(100);
    expect([...builder.addSteps([{ fields: ['x'.repeat(100_000), true, 0], attributes: [] }])]).toHaveLength(
      1,
    );
  });

  test('knows the bytes that names take, and orders of names', () => {
    const bytesOf = (row: (i: number) => SourceRecord['attributes']) => {
      const builder = new SnapshotBuilder({ fields, needs: 'all' });
      builder.add(Array.from({ length: 100 }, (_, i) => record(String(i), row(i))));
      return builder.byteLength;
    };
    const names = Array.from({ length: 50 }, (_, i) => `name${i}`);
    const same = bytesOf(() => names.map((name) => [name, '']));
    const shuffled = bytesOf((i) =>
      names.toSorted((a, b) => weight(a, i) - weight(b, i)).map((name) => [name, '']),
    );
    const single = bytesOf(() => []);
    expect(same - single).toBeGreaterThan(50 * 1_000);
    expect(shuffled - same).toBeGreaterThan(100 * 20 * 16);
  });

  test('is not finished after the signal is aborted', async () => {
    const builder = new SnapshotBuilder({ fields, needs: 'all' });
    builder.add([record('a', [])]);
    await expect(builder.finish(facts, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

async function build(
  pages: readonly (readonly SourceRecord[])[],
  needs: 'all' | ReadonlySet<string> = 'all',
): Promise<Snapshot> {
  const builder = new SnapshotBuilder({ fields, needs });
  for (const page of pages) builder.add(page);
  return builder.finish(facts);
}

function record(username: string, attributes: SourceRecord['attributes']): SourceRecord {
  return { fields: [username, true, 1_600_000_000_000, null], attributes };
}

/** A number that depends on both in no simple way. */
function weight(name: string, i: number): number {
  return (Number(name.slice('name'.length)) * 7919 * (i + 1)) % 1009;
}
