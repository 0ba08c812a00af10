import { randomBytes } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Client, type HttpReply, piecesOf, uncounted } from '../../../src/http/message.ts';
import { Compressor } from '../../../src/http/server/content-encoding.ts';

const body = Buffer.from(JSON.stringify({ data: { text: 'again and '.repeat(500) } }));

function reply(more: Partial<HttpReply> = {}): HttpReply {
  return { status: 200, headers: { vary: 'Accept' }, body, ...more };
}

function asking(encoding: string) {
  const headers = { 'accept-encoding': encoding };
  return {
    method: 'POST',
    url: '/graphql',
    headers,
    body: new Uint8Array(),
    client: new Client(),
    place: uncounted,
  };
}

function bytesOf({ body }: HttpReply): Buffer {
  return Buffer.concat(piecesOf(body));
}

describe('an answer that is cached', () => {
  test('is compressed once for each encoding', async () => {
    const compressor = new Compressor();
    const remembered = reply({ isRemembered: true });
    const first = await compressor.compress(remembered, asking('gzip, br'));
    const again = await compressor.compress(remembered, asking('br'));
    const other = await compressor.compress(remembered, asking('gzip'));
    expect(again.body).toBe(first.body);
    expect(first.headers).toEqual({ vary: 'Accept, Accept-Encoding', 'content-encoding': 'br' });
    expect(other.headers['content-encoding']).toBe('gzip');
    expect(brotliDecompressSync(bytesOf(first))).toEqual(body);
    expect(gunzipSync(bytesOf(other))).toEqual(body);
    expect(compressor.size.entries).toBe(2);
    expect(compressor.size.bytes).toBeGreaterThan(2 * body.length);
  });

  test('that is evicted is also evicted in compressed form', async () => {
    const compressor = new Compressor();
    const remembered = reply({ isRemembered: true });
    const first = await compressor.compress(remembered, asking('br'));
    for (let i = 0; i < 40; i++) {
      const large = Buffer.alloc(512 * 1024, String(i));
      await compressor.compress(reply({ body: large, isRemembered: true }), asking('br'));
    }
    expect((await compressor.compress(remembered, asking('br'))).body).not.toBe(first.body);
  });
});

test('an answer that is not is compressed each time', async () => {
  const compressor = new Compressor();
  const first = await compressor.compress(reply(), asking('br'));
  expect((await compressor.compress(reply(), asking('br'))).body).not.toBe(first.body);
});

test('answers, whose copies add up, are compressed whole, two at a time', async () => {
  const compressor = new Compressor();
  // The last would be ready first if they were all compressed together.
  const asked = [randomBytes(8_000_000), randomBytes(8_000_000), Buffer.alloc(700_000, 'c')].map((piece) => [
    piece,
    Buffer.alloc(700_000, 'a'),
  ]);
  const order: number[] = [];
  const replies = await Promise.all(
    asked.map(async (pieces, i) => {
      const { body: made, headers } = await compressor.compress(reply({ body: pieces }), asking('gzip'));
      order.push(i);
      return reply({ body: made, headers });
    }),
  );
  expect(order).toHaveLength(3);
  expect(order[0]).not.toBe(2);
  for (const [i, made] of replies.entries()) {
    expect(gunzipSync(bytesOf(made)).equals(Buffer.concat(asked[i] ?? []))).toBe(true);
  }
});
