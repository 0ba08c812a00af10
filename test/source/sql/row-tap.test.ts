import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { PageBuffers } from '../../../src/source/sql/page-buffers.ts';
import { RowTooLargeError, tapRows } from '../../../src/source/sql/row-tap.ts';
import type { TextRows } from '../../../src/source/text-rows.ts';
import { nastyText } from '../../columns/nasty-text.ts';
import { textsOf } from '../../columns/read-column.ts';

/** A message of Postgres: its kind, its length, and what it holds. */
function message(kind: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(4 + content.length, 1);
  return Buffer.concat([head, content]);
}

function dataRow(values: readonly (Uint8Array | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  const fields = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value?.length ?? -1);
    return value ? [length, value] : [length];
  });
  return message('D', Buffer.concat([count, ...fields]));
}

/** The bytes in pieces that end anywhere. */
function inPieces(bytes: Buffer, ends: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...ends.map((end) => end % (bytes.length + 1)), bytes.length])];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
}

/** Sends the pieces through a tap, and returns what the client has got besides. */
function send(
  pieces: readonly Buffer[],
  { columns, numbered }: { readonly columns: number; readonly numbered: boolean },
  onRows: (rows: TextRows) => void,
): { readonly rest: Buffer; readonly tooLarge: boolean } {
  const stream = new PassThrough();
  const received: Buffer[] = [];
  let tooLarge = false;
  stream.on('data', (chunk: Buffer) => received.push(Buffer.from(chunk)));
  const buffers = new PageBuffers();
  const untap = tapRows(stream, {
    columns,
    numbered,
    buffers,
    onRows(rows) {
      onRows(rows);
      // As whoever takes pages does: what is kept of one must be a copy.
      buffers.give(rows.bytes);
    },
    onTooLarge(error) {
      tooLarge = error instanceof RowTooLargeError;
    },
  });
  for (const piece of pieces) stream.emit('data', piece);
  untap();
  return { rest: Buffer.concat(received), tooLarge };
}

const text = fc.oneof(nastyText, fc.constantFrom('a', 'b', 'open', 'paid'));
const value = fc.option(
  fc.oneof(
    { arbitrary: text.map((each) => Buffer.from(each)), weight: 5 },
    { arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
  ),
  { nil: null },
);
const rowsOf = (columns: number) =>
  fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 60 });

describe("rows that are read from Postgres' messages", () => {
  test('are the same in a snapshot, whatever their bytes and the pieces in which they arrived', async () => {
    const anything = fc.tuple(rowsOf(3), fc.array(fc.nat(), { maxLength: 40 }), fc.nat({ max: 2 }));
    await fc.assert(
      fc.asyncProperty(anything, async ([rows, ends, repeats]) => {
        // Later ones find what the first have left behind.
        const all = Array.from({ length: 1 + repeats }, () => rows).flat();
        const builder = new SnapshotBuilder({
          fields: ['', 'a', 'b', 'c'].map((name) => ({ name, type: 'text' as const })),
          needs: new Set(),
        });
        const bytes = Buffer.concat([message('T', Buffer.from('description')), ...all.map(dataRow)]);
        send(inPieces(bytes, ends), { columns: 3, numbered: true }, (page) => builder.add(page));
        const snapshot = await builder.finish({
          startedAt: 0,
          pages: 0,
          requests: 0,
          throttles: 0,
          durationMs: 0,
        });
        for (const [column, name] of ['a', 'b', 'c'].entries()) {
          const expected = all.map((row) => row[column]?.toString('utf8') ?? null);
          expect(columnOf(snapshot, name, all.length)).toEqual(expected);
        }
        const numbers = columnOf(snapshot, '', all.length).map((number) => Number.parseInt(number ?? '', 36));
        expect(numbers).toEqual([...all.keys()]);
      }),
    );
  });

  test('leave all other messages to the client, complete and in order', () => {
    const other = fc.tuple(fc.constantFrom('T', 'C', 'Z', 'N', 'E'), fc.uint8Array({ maxLength: 300 }));
    const row = fc.array(value, { minLength: 2, maxLength: 2 });
    const messages = fc.array(
      fc.oneof(
        row.map(dataRow),
        other.map(([kind, content]) => message(kind, content)),
      ),
    );
    fc.assert(
      fc.property(messages, fc.array(fc.nat(), { maxLength: 30 }), (sent, ends) => {
        let rows = 0;
        const isRow = (each: Buffer) => each.toString('latin1', 0, 1) === 'D';
        const { rest } = send(
          inPieces(Buffer.concat(sent), ends),
          { columns: 2, numbered: false },
          (page) => {
            rows += page.length;
          },
        );
        expect(rest).toEqual(Buffer.concat(sent.filter((each) => !isRow(each))));
        expect(rows).toBe(sent.filter(isRow).length);
      }),
    );
  });

  test('are refused as soon as one says that it is too large', () => {
    const { tooLarge } = send(
      [Buffer.from([0x44, 0x7f, 0xff, 0xff, 0xff])],
      { columns: 1, numbered: false },
      () => {},
    );
    expect(tooLarge).toBe(true);
  });
});

function columnOf(snapshot: Snapshot, field: string, rows: number): readonly (string | null)[] {
  const column = rows > 0 ? snapshot.column({ kind: 'field', field }) : undefined;
  if (!column) return [];
  if (column.encoding === 'number') throw new Error('the column must be text');
  return textsOf(column).map((text) => (text === null ? null : String(text)));
}
