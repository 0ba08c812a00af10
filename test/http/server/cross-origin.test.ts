import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { csrfHeaders } from '../../../src/http/request/preflight.ts';
import { createCorsPolicy } from '../../../src/http/server/cross-origin.ts';
import { type SmallGateway, startSmallGateway } from '../../limits/small-gateway.ts';

let gateway: SmallGateway;

afterEach(() => gateway?.close());

async function ask(
  corsOrigins: readonly string[],
  origin: string,
  method: 'POST' | 'OPTIONS' = 'POST',
  body = '{"query":"{ slow }"}',
): Promise<Response> {
  gateway = await startSmallGateway({ corsOrigins, limits: { bodyBytes: 1000 } });
  return fetch(gateway.url, {
    method,
    headers: {
      origin,
      'content-type': 'application/json',
      'access-control-request-headers': 'authorization',
    },
    ...(method === 'POST' && { body }),
  });
}

function corsHeaders({ headers }: Response) {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('CORS', () => {
  test.each(['POST', 'OPTIONS'] as const)('is closed by default: %s', async (method) => {
    expect(corsHeaders(await ask([], 'https://app.example', method))).toEqual([]);
  });

  test('allows listed origins, with the headers that they request and without credentials', async () => {
    const response = await ask(
      ['https://a.example', 'https://app.example'],
      'https://app.example',
      'OPTIONS',
    );
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'authorization',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      vary: expect.stringContaining('Origin'),
    });
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  test.each(['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null', '*'])(
    'keeps others out: %s',
    async (origin) => {
      const origins = ['https://a.example', 'https://app.example'];
      for (const method of ['POST', 'OPTIONS'] as const) {
        const response = await ask(origins, origin, method);
        expect(corsHeaders(response)).toEqual([]);
        expect(response.headers.get('vary')).toContain('Origin');
        await gateway.close();
      }
    },
  );

  test('allows any origin if configured so', async () => {
    const response = await ask(['*'], 'https://any.example');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://any.example');
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  test.each([
    [
      'does not arrive',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\nContent-Length: 9\r\n\r\n',
      '408',
    ],
    [
      'has headers that are too long',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
      '431',
    ],
  ])('lets pages see that a request %s', async (_case, bytes, status) => {
    gateway = await startSmallGateway({ corsOrigins: ['https://app.example'], limits: { bodyTimeout: 200 } });
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname)
      .on('error', () => {})
      .setEncoding('utf8');
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer.toLowerCase()).toContain('access-control-allow-origin: https://app.example');
    expect(answer.toLowerCase()).toContain('vary: origin');
  });

  test('lets pages see why a request is rejected', async () => {
    const response = await ask(['*'], 'https://any.example', 'POST', ' '.repeat(2000));
    expect(response.status).toBe(413);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://any.example');
  });

  test.each([
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'null',
    '',
    'https://*.example:x',
  ])('refuses to start with %j for an origin', (origin) => {
    expect(() => createCorsPolicy([origin])).toThrowError(
      expect.objectContaining({
        name: 'ConfigurationError',
        message: `--cors-origin must be * or an origin such as https://app.example, but got ${JSON.stringify(origin)}`,
      }),
    );
  });
});

describe('a request that a browser sends without a preflight', () => {
  const get = async (headers: Record<string, string> = {}) => {
    gateway = await startSmallGateway();
    return fetch(`${gateway.url}?query=${encodeURIComponent('{ slow }')}`, { headers });
  };

  test('is rejected with the names of the headers that it could send', async () => {
    const refused = await get();
    expect(refused.status).toBe(403);
    const message: string = (await refused.json()).errors[0].message;
    for (const header of csrfHeaders) expect(message).toContain(header);
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ slow }"}' };
    expect((await fetch(gateway.url, form)).status).toBe(403);
  });

  test.each(csrfHeaders)('is answered with the header %s', async (header) => {
    expect((await get({ [header]: '1' })).status).toBe(200);
  });
});
