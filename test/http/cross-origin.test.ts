import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { createSchema, createYoga } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { createCorsPolicy, csrfHeaders } from '../../src/http/cross-origin.ts';

function yogaWith(origins: readonly string[]) {
  return createYoga({
    schema: createSchema({ typeDefs: 'type Query { a: Int }' }),
    cors: createCorsPolicy(origins),
    logging: false,
    plugins: [useCSRFPrevention({ requestHeaders: [...csrfHeaders] })],
  });
}

function ask(origins: readonly string[], origin: string, method: 'POST' | 'OPTIONS' = 'POST') {
  return yogaWith(origins).fetch('http://gateway.example/graphql', {
    method,
    headers: {
      origin,
      'content-type': 'application/json',
      'access-control-request-headers': 'authorization',
    },
    ...(method === 'POST' && { body: '{"query":"{ a }"}' }),
  });
}

function corsHeaders({ headers }: Response) {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('CORS', () => {
  test.each(['POST', 'OPTIONS'] as const)('is closed by default: %s', async (method) => {
    expect(corsHeaders(await ask([], 'https://app.example', method))).toEqual([]);
  });

  test('lets listed origins in, with the headers they ask for and without credentials', async () => {
    const response = await ask(
      ['https://a.example', 'https://app.example'],
      'https://app.example',
      'OPTIONS',
    );
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
      expect(corsHeaders(await ask(origins, origin))).toEqual([]);
      expect(corsHeaders(await ask(origins, origin, 'OPTIONS'))).toEqual([]);
      expect(corsHeaders(await ask(['https://app.example'], origin))).toEqual([]);
    },
  );

  test('lets any origin in where it is told to', async () => {
    const response = await ask(['*'], 'https://any.example');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://any.example');
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
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

describe('a request that a browser sends without asking first', () => {
  const url = `http://gateway.example/graphql?query=${encodeURIComponent('{ a }')}`;

  test('is refused', async () => {
    expect((await yogaWith([]).fetch(url)).status).toBe(403);
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ a }"}' };
    expect((await yogaWith([]).fetch(url, form)).status).toBe(403);
  });

  test.each(csrfHeaders)('is answered with the header %s', async (header) => {
    expect((await yogaWith([]).fetch(url, { headers: { [header]: '1' } })).status).toBe(200);
  });
});
