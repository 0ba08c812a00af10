import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArenaColumn } from '../../src/columns/arena-column.ts';
import { ByteWriter } from '../../src/compiled/byte-writer.ts';
import { inJsonInJson } from '../../src/compiled/json-escape.ts';
import { ReadyBytes } from '../../src/compiled/ready-bytes.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\0', '\u001f', '\u007f', 'é', '😀', '\u2028', 'a') }),
);

function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  write(out);
  return out.take().toString();
}

describe('a byte writer writes', () => {
  test('a text as JSON.stringify does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = Buffer.from(text);
        const json = JSON.stringify(bytes.toString());
        expect(written((out) => out.string(new ReadyBytes(text)))).toBe(json);
        const inner = `"${written((out) => out.string(new ReadyBytes(text), inJsonInJson))}"`;
        expect(inner).toBe(JSON.stringify(json));
      }),
    );
  });

  test('a text that is among others', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), (texts) => {
        const encoded = texts.map((text) => Buffer.from(text));
        const offsets = Uint32Array.of(
          0,
          ...encoded.map((_, i) => Buffer.concat(encoded.slice(0, i + 1)).length),
        );
        const reader = new ArenaColumn(offsets, new Uint8Array(Buffer.concat(encoded))).reader();
        const json = written((out) => {
          for (const row of texts.keys()) if (reader.locate(row)) out.string(reader);
        });
        expect(json).toBe(encoded.map((bytes) => JSON.stringify(bytes.toString())).join(''));
      }),
    );
  });

  test('base64 as Node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(written((out) => out.base64(bytes, bytes.length))).toBe(
          `"${Buffer.from(bytes).toString('base64')}"`,
        );
      }),
    );
  });

  test('more than it has room for', () => {
    const long = 'x"'.repeat(50_000);
    const text = written((out) => {
      out.string(new ReadyBytes(long));
      out.text('é'.repeat(50_000));
    });
    expect(text).toBe(JSON.stringify(long) + 'é'.repeat(50_000));
  });
});
