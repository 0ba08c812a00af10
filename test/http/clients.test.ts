import { createHash } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
} from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type SmallGateway, type SmallGatewayOptions, startSmallGateway } from '../limits/small-gateway.ts';

let gateway: SmallGateway;

afterEach(() => gateway.close());

async function start(options: SmallGatewayOptions = {}): Promise<void> {
  gateway = await startSmallGateway(options);
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends a request exactly as it is said: `fetch` adds headers of its own, and decompresses. */
async function send({ method = 'POST', path = '/graphql', headers = {}, body }: Sent) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(new URL(path, gateway.url), {
      method,
      headers: { ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
    })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
  });
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

async function answerTo(sent: Sent) {
  const { status, body } = await send(sent);
  return { status, ...JSON.parse(body.toString()) };
}

const query = '{ user(id: 1) { name } }';
const ada = { status: 200, data: { user: { name: 'Ada' } } };
const json = JSON.stringify({ query });
const preflight = { 'graphql-preflight': '1' };

describe('a request may come', () => {
  test.each<[string, Sent]>([
    ['to the path with a slash at its end', { path: '/graphql/', body: json }],
    ['with a byte order mark', { body: `\uFEFF${json}` }],
    ['with an empty operation name', { body: JSON.stringify({ query, operationName: '' }) }],
    [
      'with a content type in any case',
      { body: json, headers: { 'content-type': 'Application/JSON; Charset=UTF-8' } },
    ],
    ['compressed by gzip', { body: gzipSync(json), headers: { 'content-encoding': 'gzip' } }],
    ['compressed by br', { body: brotliCompressSync(json), headers: { 'content-encoding': 'br' } }],
    ['compressed by deflate', { body: deflateSync(json), headers: { 'content-encoding': 'deflate' } }],
    [
      'compressed by deflate without a frame',
      { body: deflateRawSync(json), headers: { 'content-encoding': 'Deflate' } },
    ],
    ['in no encoding, said so', { body: json, headers: { 'content-encoding': 'identity' } }],
    ['by GET', { method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}`, headers: preflight }],
    [
      'by GET with empty parameters',
      {
        method: 'GET',
        path: `/graphql?query=${encodeURIComponent(query)}&variables=&extensions=&operationName=`,
        headers: preflight,
      },
    ],
  ])('%s', async (_case, sent) => {
    await start();
    // Each time it is asked, the answer is the same.
    for (let i = 0; i < 3; i++) await expect(answerTo(sent)).resolves.toEqual(ada);
  });
});

describe('a request is rejected with an explanation', () => {
  test.each<[string, Sent, number, RegExp]>([
    [
      'an unknown encoding',
      { body: json, headers: { 'content-encoding': 'zstd' } },
      415,
      /Content-Encoding "zstd".*gzip, br or deflate/,
    ],
    ['two encodings', { body: json, headers: { 'content-encoding': 'gzip, br' } }, 415, /Content-Encoding/],
    [
      'a body that is not what it says',
      { body: json, headers: { 'content-encoding': 'gzip' } },
      400,
      /not valid gzip/,
    ],
    [
      'another charset',
      { body: json, headers: { 'content-type': 'application/json; charset=latin1' } },
      415,
      /UTF-8, not in "latin1"/,
    ],
    [
      'another content type',
      { body: json, headers: { 'content-type': 'text/xml' } },
      415,
      /Content-Type: application\/json/,
    ],
    [
      'files',
      { body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      415,
      /multipart requests are not supported/,
    ],
    ['several operations', { body: `[${json},${json}]` }, 400, /batching is not supported/],
    ['no JSON', { body: '{' }, 400, /not valid JSON/],
    [
      'another method',
      { method: 'PUT', body: json, headers: { 'content-type': 'application/json' } },
      405,
      /GET or POST, not PUT/,
    ],
    [
      'an answer of another type',
      { body: json, headers: { accept: 'multipart/mixed' } },
      406,
      /Accept allows neither/,
    ],
    [
      'a GET that any page could send',
      { method: 'GET', path: '/graphql?query={a}' },
      403,
      /apollo-require-preflight/,
    ],
    ['a mutation', { body: '{"query":"mutation { a }"}' }, 200, /must be a query, not a mutation/],
    [
      'a subscription',
      { body: '{"query":"subscription { a }"}' },
      200,
      /must be a query, not a subscription/,
    ],
    [
      'incremental delivery',
      { body: '{"query":"{ user(id: 1) { ... @defer { name } } }"}' },
      200,
      /^incremental delivery \(@defer\) is not supported$/,
    ],
  ])('that has %s', async (_case, sent, status, message) => {
    await start();
    const answer = await answerTo(sent);
    expect(answer).toMatchObject({ status, errors: [{ message: expect.stringMatching(message) }] });
    expect(answer.data).toBeUndefined();
  });

  test('that decompresses to more than the limit', async () => {
    await start({ limits: { bodyBytes: 1000 } });
    const body = gzipSync(' '.repeat(100_000));
    await expect(answerTo({ body, headers: { 'content-encoding': 'gzip' } })).resolves.toMatchObject({
      status: 413,
      errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
    });
  });

  test('and rejections must not be stored', async () => {
    await start();
    const { headers } = await send({ body: json, headers: { accept: 'text/html' } });
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('answers are compressed', () => {
  const long = JSON.stringify({ query: `{ ${'a'.repeat(600)}: slow ${'b'.repeat(600)}: slow }` });

  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['br;q=0.1, gzip', 'gzip', gunzipSync],
    ['*', 'br', brotliDecompressSync],
  ] as const)('as asked: %s', async (accepted, encoding, decompress) => {
    await start();
    const plain = await send({ body: long });
    const { headers, body } = await send({ body: long, headers: { 'accept-encoding': accepted } });
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(decompress(body)).toEqual(plain.body);
  });

  test.each([undefined, 'identity', 'deflate', 'gzip;q=0, br;q=0', 'identity, gzip;q=0.5', ''])(
    'never where that is not asked: %s',
    async (accepted) => {
      await start();
      const { headers, body } = await send({
        body: long,
        headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
      });
      expect(headers['content-encoding']).toBeUndefined();
      expect(JSON.parse(body.toString())).toHaveProperty('data');
    },
  );

  test('but not if they are short', async () => {
    await start();
    const { headers } = await send({ body: json, headers: { 'accept-encoding': 'gzip' } });
    expect(headers['content-encoding']).toBeUndefined();
  });
});

describe('automatic persisted queries', () => {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const byHash = JSON.stringify({ extensions });
  const register = JSON.stringify({ query, extensions });
  const notFound = {
    status: 200,
    errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
  };

  test('can be requested by their hash once they were sent', async () => {
    await start();
    await expect(answerTo({ body: byHash })).resolves.toEqual(notFound);
    await expect(answerTo({ body: register })).resolves.toEqual(ada);
    await expect(answerTo({ body: byHash })).resolves.toEqual(ada);
  });

  test('work by GET, for caches', async () => {
    await start();
    const path = (parameters: Record<string, string>) => `/graphql?${new URLSearchParams(parameters)}`;
    const get = (parameters: Record<string, string>) =>
      answerTo({ method: 'GET', path: path(parameters), headers: preflight });
    const hash = { extensions: JSON.stringify(extensions) };
    await expect(get(hash)).resolves.toEqual(notFound);
    await expect(get({ query, ...hash })).resolves.toEqual(ada);
    await expect(get(hash)).resolves.toEqual(ada);
  });

  test('must match their hash', async () => {
    await start();
    const body = JSON.stringify({ query: '{ slow }', extensions });
    await expect(answerTo({ body })).resolves.toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    await expect(answerTo({ body: byHash })).resolves.toEqual(notFound);
  });

  test('are only cached if they are valid', async () => {
    await start();
    const invalid = '{ nothing }';
    const hash = createHash('sha256').update(invalid).digest('hex');
    const persistedQuery = { version: 1, sha256Hash: hash };
    await answerTo({ body: JSON.stringify({ query: invalid, extensions: { persistedQuery } }) });
    await expect(answerTo({ body: JSON.stringify({ extensions: { persistedQuery } }) })).resolves.toEqual(
      notFound,
    );
  });

  test('are not supported if they are off, but their text is executed', async () => {
    await start({ automaticPersistedQueries: false });
    await expect(answerTo({ body: byHash })).resolves.toEqual({
      status: 200,
      errors: [
        { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
      ],
    });
    await expect(answerTo({ body: register })).resolves.toEqual(ada);
  });
});

test.each(['id', 'doc_id', 'documentId'])('trusted documents are known by the parameter %s', async (name) => {
  await start({
    trustedDocuments: { documents: new Map([['abc', query]]), allowArbitraryOperations: false },
  });
  await expect(answerTo({ body: JSON.stringify({ [name]: 'abc' }) })).resolves.toEqual(ada);
});
