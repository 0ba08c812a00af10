import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  post,
  type SmallGateway,
  type SmallGatewayOptions,
  startSmallGateway,
} from '../../limits/small-gateway.ts';

const open: SmallGateway[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
});

async function start(options: SmallGatewayOptions = {}): Promise<SmallGateway> {
  const gateway = await startSmallGateway(options);
  open.push(gateway);
  return gateway;
}

const query = '{ user(id: 1) { name } }';
const ada = { status: 200, data: { user: { name: 'Ada' } } };
const nobody = { status: 200, data: { user: null } };

/** Sends bytes as they are, and resolves with all that comes back until the server ends the connection. */
function sendRaw(url: string, ...parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
    for (const part of parts) socket.write(part);
  });
}

/** Sends a body chunk by chunk, without saying how long it will be. */
async function sendChunked(url: string, chunks: readonly Buffer[]): Promise<object> {
  const message = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    message.on('response', resolve).on('error', reject);
  });
  for (const chunk of chunks) {
    message.write(chunk);
    await pause(0);
  }
  message.end();
  const response = await answered;
  const result: object = JSON.parse(await text(response));
  return { ...result, status: response.statusCode };
}

function requestHead(...headers: readonly string[]): string {
  return [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n');
}

/** A promise, and what fulfils it. */
function createGate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(1);
}

describe('the body', () => {
  const tooLarge = {
    status: 413,
    errors: [
      {
        message: 'the body must have at most 1000 bytes, but has more (--max-body-bytes)',
        extensions: { code: 'QUERY_TOO_COMPLEX' },
      },
    ],
  };

  test('may have as many bytes as the limit', async () => {
    const { url } = await start({ limits: { bodyBytes: 1000 } });
    await expect(post(url, JSON.stringify({ query }).padEnd(1000))).resolves.toMatchObject(ada);
    await expect(post(url, JSON.stringify({ query }).padEnd(1001))).resolves.toMatchObject(tooLarge);
  });

  test('is not read if its declared length exceeds the limit', async () => {
    const { url, ask } = await start({ limits: { bodyBytes: 1000 } });
    const answer = sendRaw(url, requestHead('Content-Length: 5000000000', 'Connection: close'));
    await expect(answer).resolves.toContain('413');
    await expect(ask(query)).resolves.toMatchObject(ada);
  });

  test.each([
    ['lists', '['],
    ['objects', '{"a":'],
    ['lists and objects', '[{"a":'],
  ])('may not nest without end: %s', async (_case, opening) => {
    const { url } = await start();
    await expect(post(url, opening.repeat(70_000))).resolves.toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
    });
  });

  test('may have any number of brackets in its strings', async () => {
    const { ask } = await start();
    const id = '[{"\\"'.repeat(30_000);
    await expect(ask('query($id: ID!) { user(id: $id) { name } }', { id })).resolves.toMatchObject(nobody);
  });

  test('is counted if its length is not declared', async () => {
    const { url } = await start({ limits: { bodyBytes: 1000 } });
    const answer = await sendChunked(
      url,
      Array.from({ length: 100 }, () => Buffer.alloc(100, ' ')),
    );
    expect(answer).toMatchObject(tooLarge);
  });

  test('may come in any pieces', async () => {
    const { url } = await start();
    const body = JSON.stringify({ query: '{ user(id: "é") { name } }' });
    const bytes = [...Buffer.from(body)].map((byte) => Buffer.of(byte));
    await expect(sendChunked(url, bytes)).resolves.toMatchObject(nobody);
  });

  test('that comes in thousands of tiny chunks is cut off at once', async () => {
    const { url, ask } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).on('error', () => {});
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
    socket.write(`Transfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(5_000)}`);
    await expect(text(socket).catch(() => '')).resolves.toBe('');
    await expect(ask(query)).resolves.toMatchObject(ada);
  });

  test('that arrives too slowly is cut off, and delays nobody else', async () => {
    const { url, ask } = await start({ limits: { bodyTimeout: 300, concurrentRequests: 5 } });
    const slow = Array.from({ length: 50 }, () =>
      sendRaw(url, requestHead('Content-Length: 100'), '{"query":'),
    );
    await expect(ask(query)).resolves.toMatchObject(ada);
    for (const answer of await Promise.all(slow)) {
      expect(answer).toContain('HTTP/1.1 408');
      expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
    }
    await expect(ask(query)).resolves.toMatchObject(ada);
  });

  test('is accepted if it is small, however many large ones are arriving', async () => {
    const limits = { bodyBytes: 100_000, bodyTimeout: 500 };
    const { url, ask } = await start({ limits });
    const large = Array.from({ length: 60 }, () =>
      sendRaw(url, requestHead('Content-Length: 100000', 'Connection: close'), ' '.repeat(99_000)),
    );
    await expect(ask(query)).resolves.toMatchObject(ada);
    const answers = await Promise.all(large);
    expect(answers.filter((answer) => answer.includes('"code":"OVERLOADED"')).length).toBeGreaterThan(10);
    await expect(ask(query)).resolves.toMatchObject(ada);
  });

  test('that breaks off leaves nothing behind', async () => {
    const gateway = await start();
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(`${requestHead('Content-Length: 100')}{"query":`);
    await pause(50);
    socket.destroy();
    await expect(gateway.ask(query)).resolves.toMatchObject(ada);
    expect(gateway.active).toBe(0);
  });
});

describe('headers', () => {
  test('that arrive too slowly are cut off', async () => {
    const { url } = await start({ limits: { bodyTimeout: 300 } });
    await expect(sendRaw(url, 'POST /graphql HTTP/1.1\r\nHost: x\r\n')).resolves.toContain('HTTP/1.1 408');
  });

  test('that are too long are rejected', async () => {
    const { url } = await start();
    const answer = await sendRaw(url, requestHead(`X-Long: ${'x'.repeat(100_000)}`));
    expect(answer).toContain('HTTP/1.1 431');
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  test('that are not HTTP are rejected', async () => {
    const { url } = await start();
    await expect(sendRaw(url, 'hello\r\n\r\n')).resolves.toContain('HTTP/1.1 400');
  });

  test('have room for a token that is too long, so that it is rejected as a token', async () => {
    const { url } = await start();
    const authorization = `Bearer ${'x'.repeat(40_000)}`;
    await expect(post(url, JSON.stringify({ query }), { authorization })).resolves.toMatchObject(ada);
  });

  test('that name a host that is not accepted are rejected', async () => {
    const { url } = await start({ acceptsHost: (host) => host === 'localhost' });
    await expect(post(url, JSON.stringify({ query }))).resolves.toMatchObject({
      status: 421,
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  });
});

describe('requests at the same time', () => {
  test('are limited; one more is told to retry', async () => {
    const gate = createGate();
    const gateway = await start({ limits: { concurrentRequests: 3 }, slow: () => gate.passed });
    const answers = [gateway.ask('{ slow }'), gateway.ask('{ slow }'), gateway.ask('{ slow }')];
    await until(() => gateway.active === 3);
    const refused = await gateway.ask(query);
    expect(refused).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect(refused.headers.get('retry-after')).toBe('1');
    gate.open();
    for (const answer of answers) await expect(answer).resolves.toMatchObject({ status: 200 });
    await expect(gateway.ask(query)).resolves.toMatchObject(ada);
    await until(() => gateway.active === 0);
  });

  test('count until their work is done, even if the client has gone', async () => {
    const gate = createGate();
    const gateway = await start({ limits: { concurrentRequests: 1 }, slow: () => gate.passed });
    const client = new AbortController();
    const answer = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ slow }' }),
      signal: client.signal,
    });
    await until(() => gateway.active === 1);
    client.abort();
    await expect(answer).rejects.toThrow();
    // Execution ends with its client, and so does its place.
    await until(() => gateway.active === 0);
    await expect(gateway.ask(query)).resolves.toMatchObject(ada);
    gate.open();
  });

  test('include those without a body', async () => {
    const gate = createGate();
    const gateway = await start({ limits: { concurrentRequests: 1 }, slow: () => gate.passed });
    const answer = fetch(`${gateway.url}?query=${encodeURIComponent('{ slow }')}`, {
      headers: { 'graphql-preflight': '1' },
    });
    await until(() => gateway.active === 1);
    await expect(gateway.ask(query)).resolves.toMatchObject({ status: 503 });
    gate.open();
    await expect(answer.then(({ status }) => status)).resolves.toBe(200);
  });
});

describe('an execution', () => {
  test('that takes too long is aborted, with its resolvers', async () => {
    const aborted = createGate();
    const gateway = await start({
      limits: { requestTimeout: 50 },
      slow: (signal) => {
        signal?.addEventListener('abort', aborted.open);
        return new Promise(() => {});
      },
    });
    await expect(gateway.ask('{ slow }')).resolves.toMatchObject({
      status: 503,
      errors: [
        {
          message: 'the request was not answered within 50ms (--request-timeout)',
          extensions: { code: 'REQUEST_TIMEOUT' },
        },
      ],
    });
    await aborted.passed;
    await until(() => gateway.active === 0);
    expect(gateway.observations).toEqual([]);
  });
});

test('several operations in one request are rejected', async () => {
  const { url } = await start();
  const answer = await post(url, JSON.stringify([{ query }, { query }]));
  expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});
