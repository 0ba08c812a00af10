import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import type { ReadableFile } from '../../../src/snapshot/file/block-reader.ts';
import type { BlockWriter } from '../../../src/snapshot/file/block-writer.ts';
import { readContent } from '../../../src/snapshot/file/content-reader.ts';
import { writeContent } from '../../../src/snapshot/file/content-writer.ts';
import { parseSnapshotKey, type SnapshotKey } from '../../../src/snapshot/file/key.ts';
import { preambleLength } from '../../../src/snapshot/file/preamble.ts';
import { readSealed, writeSealed } from '../../../src/snapshot/file/sealed-file.ts';
import { UnusableFile } from '../../../src/snapshot/file/unusable-file.ts';
import { ColumnarSnapshot, type SnapshotContent } from '../../../src/snapshot/snapshot.ts';
import { fields, readBack } from '../records.ts';

const key = parseSnapshotKey(randomBytes(32).toString('hex'));
const seals = [
  ['checksum', undefined],
  ['key', key],
] as const;

const subject = 'the users of a pool';

let content: SnapshotContent;

beforeAll(async () => {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add(
    Array.from({ length: 5 }, (_, i) => ({
      fields: [`user ${i}`, i % 2 === 0, i, i % 3 ? 'CONFIRMED' : 'UNCONFIRMED'],
      attributes: [
        ['sub', crypto.randomUUID()],
        ['email', i === 2 ? null : `user${i}@example.com`],
        ...(i === 3 ? [] : [['phone_number', `+49 ${i}`] as const]),
      ],
    })),
  );
  const facts = { startedAt: 1_700_000_000_000, pages: 1, requests: 2, throttles: 3, durationMs: 4 };
  content = (await builder.finish(facts)).content;
});

describe.each(seals)('a damaged snapshot under a %s is refused,', (_, key) => {
  test('whichever bit of it is another', async () => {
    const whole = await sealed(key, (out) => writeContent(out, content));
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(read(bytes, key), `bit ${bit}`).rejects.toThrow(UnusableFile);
    }
  });

  test('wherever other bytes are written over it', async () => {
    const whole = await sealed(key, (out) => writeContent(out, content));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        async (at, written) => {
          const bytes = Buffer.from(whole);
          bytes.set(written.subarray(0, whole.length - at), at);
          if (bytes.equals(whole)) return;
          await expect(read(bytes, key)).rejects.toThrow(UnusableFile);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('wherever it ends', async () => {
    const whole = await sealed(key, (out) => writeContent(out, content));
    for (let length = 0; length < whole.length; length++) {
      await expect(read(whole.subarray(0, length), key), `${length} bytes`).rejects.toThrow(UnusableFile);
      // The file may become shorter while it is read.
      await expect(read(whole.subarray(0, length), key, whole.length)).rejects.toThrow(UnusableFile);
    }
  });
});

describe('whoever can make a seal: a snapshot is refused', () => {
  const bad = [Number.NaN, 2.000_000_000_000_000_4, 0.5, -1, 2 ** 53, 1e300, Infinity, -Infinity];
  const numbers = ['rowCount', 'rows', 'pages', 'requests', 'throttles', 'durationMs'] as const;

  test.each(numbers.flatMap((name) => bad.map((value) => [name, value] as const)))(
    'whose %s is %d',
    async (name, value) => {
      const stats = { ...content.stats, [name]: value };
      const rowCount = name === 'rowCount' ? value : content.rowCount;
      await expectRefused((out) => writeContent(out, { ...content, rowCount, stats }));
    },
  );

  test.each([NaN, Infinity, -Infinity, 1e16])('that began at %d', (startedAt) =>
    expectRefused((out) => writeContent(out, { ...content, startedAt })),
  );

  test.each([2 ** 32, 2 ** 40, 2 ** 52])('of %d rows', (rowCount) =>
    expectRefused((out) => writeContent(out, { ...content, rowCount })),
  );

  test('whose shapes extend each other in a circle', async () => {
    const { parents } = content.shapes;
    const last = parents.length - 1;
    const circle = Uint32Array.from(parents, (parent, shape) => (shape === last ? last : parent));
    await expectRefused((out) =>
      writeContent(out, { ...content, shapes: { ...content.shapes, parents: circle } }),
    );
  });

  test('whose shapes, slots or values do not exist', async () => {
    const { shapes, fields: columns } = content;
    const status = columns.get('status');
    if (status?.encoding !== 'ranked') return expect.fail('the status must be ranked');
    const beyond = Uint8Array.from(status.codes, () => status.values.length + 1);
    for (const damaged of [
      { ...content, shapes: { ...shapes, codes: shapes.codes.map(() => shapes.parents.length) } },
      { ...content, shapes: { ...shapes, slots: shapes.slots.map(() => content.slots.length) } },
      { ...content, fields: new Map([...columns, ['status', { ...status, codes: beyond }]]) },
    ]) {
      await expectRefused((out) => writeContent(out, damaged));
    }
  });

  test('whose rows have no identity', async () => {
    const { fields: columns } = content;
    for (const first of ['enabled', 'created_at']) {
      const column = columns.get(first) ?? expect.fail('no column');
      await expectRefused((out) => writeContent(out, { ...content, fields: new Map([[first, column]]) }));
    }
    await expectRefused((out) => writeContent(out, { ...content, fields: new Map() }));
  });

  async function expectRefused(write: (out: BlockWriter) => Promise<void>): Promise<void> {
    for (const [, key] of seals) {
      await expect(read(await sealed(key, write), key)).rejects.toThrow(UnusableFile);
    }
  }
});

test.each(seals)('a snapshot under a %s is read as it was written', async (_, key) => {
  const whole = await sealed(key, (out) => writeContent(out, content));
  const found = await read(whole, key);
  expect(readBack(new ColumnarSnapshot(found))).toEqual(readBack(new ColumnarSnapshot(content)));
});

async function sealed(
  key: SnapshotKey | undefined,
  write: (out: BlockWriter) => Promise<void>,
): Promise<Buffer> {
  const written: Buffer[] = [];
  const file = {
    async write(bytes: Uint8Array) {
      written.push(Buffer.from(bytes));
      return { bytesWritten: bytes.length };
    },
  };
  await writeSealed(file, { key, subject }, write);
  const bytes = Buffer.concat(written);
  expect(bytes.length).toBeGreaterThan(preambleLength);
  return bytes;
}

function read(
  bytes: Uint8Array,
  key: SnapshotKey | undefined,
  size = bytes.length,
): Promise<SnapshotContent> {
  const file: ReadableFile = {
    async read(target, offset, length, position) {
      const part = bytes.subarray(position, position + length);
      target.set(part, offset);
      return { bytesRead: part.length };
    },
  };
  return readSealed(file, size, { key, subject }, readContent);
}
