import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/compiled/byte-writer.ts';
import { inJsonInJson } from '../../src/compiled/json-escape.ts';

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
        expect(written((out) => out.string(bytes, 0, bytes.length))).toBe(json);
        const inner = `"${written((out) => out.string(bytes, 0, bytes.length, inJsonInJson))}"`;
        expect(inner).toBe(JSON.stringify(json));
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
    const long = Buffer.alloc(100_000, 'x"');
    const text = written((out) => {
      out.string(long, 0, long.length);
      out.text('é'.repeat(50_000));
    });
    expect(text).toBe(JSON.stringify(long.toString()) + 'é'.repeat(50_000));
  });
});
