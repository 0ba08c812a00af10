import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ConfigurationError, UnavailableError } from '../../../src/errors.ts';
import type { ServerCredentials } from '../../../src/source/cognito/options.ts';
import { connect, makeSubscribers, makeUsers, rejectionOf, scanAll, serverAt, startPool } from './pool.ts';
import { startScriptedPool } from './scripted-pool.ts';

const inVault: ServerCredentials = {
  kind: 'static',
  accessKeyId: 'AKIAVAULT',
  secret: { kind: 'vault', reference: 'cognito_key' },
  sessionToken: 'a-session',
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('credentials', () => {
  test('are looked up at the first scan, and kept', async () => {
    const pool = await startPool(makeUsers(100));
    const asked: string[] = [];
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: async (reference) => {
        asked.push(reference);
        return 'secret';
      },
    });
    expect(asked).toEqual([]);
    await scanAll(source);
    await scanAll(source);
    expect(asked).toEqual(['cognito_key']);
    expect(pool.requests[0]).toMatchObject({ accessKeyId: 'AKIAVAULT', sessionToken: 'a-session' });
  });

  test.each(['NotAuthorizedException', 'AccessDeniedException', 'UnrecognizedClientException'])(
    'that are refused with %s are looked up again, before anybody hears of it',
    async (type) => {
      let lookups = 0;
      const pool = await startScriptedPool(() =>
        lookups === 1 ? { status: 400, body: { __type: type } } : { body: { Users: [{ Username: 'a' }] } },
      );
      const source = connect(pool.url, {
        server: serverAt(pool.url, { credentials: inVault }),
        resolveSecret: async () => `secret ${++lookups}`,
      });
      expect(await scanAll(source)).toHaveLength(1);
      expect(pool.requests).toHaveLength(2);
    },
  );

  test("in a file of AWS' credential chain are read again once they have been refused", async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'credentials-')), 'credentials');
    const put = (key: string) =>
      writeFile(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = secret\n`);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    await put('AKIAOLD');
    const pool = await startPool(makeUsers(10));
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: { kind: 'default-chain' } }),
    });
    await scanAll(source);
    await put('AKIANEW');
    pool.faults = { revokeCredentials: { after: 0 } };
    await expect(scanAll(source)).rejects.toThrow();
    pool.faults = {};
    await scanAll(source);
    expect(pool.requests.map(({ accessKeyId }) => accessKeyId)).toEqual([
      'AKIAOLD',
      'AKIAOLD',
      'AKIANEW',
      'AKIANEW',
    ]);
    await rm(dirname(file), { recursive: true });
  });

  test('that are refused in all chains at once are looked up once', async () => {
    let refused = 0;
    const pool = await startPool(makeSubscribers(600), { latencyMs: 20 });
    const source = connect(pool.url, {
      parallelScan: 8,
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: async () => {
        refused += 1;
        pool.faults = refused === 1 ? { revokeCredentials: { after: 0 } } : {};
        return 'secret';
      },
    });
    expect(await scanAll(source)).toHaveLength(600);
    expect(refused).toBe(2);
  });

  test('are looked up again by the next scan once they have been refused', async () => {
    const pool = await startPool(makeUsers(10), { faults: { denyAccess: true } });
    let lookups = 0;
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: async () => `secret ${++lookups}`,
    });
    expect(await rejectionOf(scanAll(source))).toMatchObject({ code: 'SCAN_DENIED' });
    pool.faults = {};
    expect(await scanAll(source)).toHaveLength(10);
    expect(lookups).toBe(3);
  });

  test('are looked up again if they expire during a scan, which continues', async () => {
    let pages = 0;
    const pool = await startScriptedPool(({ operation }) => {
      if (operation !== 'ListUsers') return { body: {} };
      pages += 1;
      if (pages === 2) return { status: 400, body: { __type: 'ExpiredTokenException' } };
      const users = [{ Username: `user-${pages}` }];
      return { body: pages < 4 ? { Users: users, PaginationToken: String(pages) } : { Users: users } };
    });
    let lookups = 0;
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: async () => `secret ${++lookups}`,
    });
    expect((await scanAll(source)).map(({ fields: [username] }) => username)).toEqual([
      'user-1',
      'user-3',
      'user-4',
    ]);
    expect(lookups).toBe(2);
  });

  test('that do not exist deny the scan, with the reason of the provider', async () => {
    const pool = await startPool(makeUsers(10));
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: () => Promise.reject(new ConfigurationError('there is no secret of that name')),
    });
    expect(await rejectionOf(scanAll(source))).toMatchObject({
      code: 'SCAN_DENIED',
      detail: expect.stringContaining('there is no secret of that name'),
    });
    expect(pool.requests).toEqual([]);
  });

  test('are waited for while Vault does not answer', async () => {
    const pool = await startPool(makeUsers(10));
    let lookups = 0;
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: async () => {
        lookups += 1;
        if (lookups < 3) throw new UnavailableError('the database did not answer');
        return 'secret';
      },
    });
    expect(await scanAll(source)).toHaveLength(10);
  });

  test('that cannot be looked up make the pool unavailable, without the words of an unknown error', async () => {
    const pool = await startPool(makeUsers(10));
    const source = connect(pool.url, {
      server: serverAt(pool.url, { credentials: inVault }),
      resolveSecret: () => Promise.reject(new Error('password=hush')),
    });
    expect(await rejectionOf(scanAll(source))).toMatchObject({
      code: 'SCAN_UNAVAILABLE',
      detail: expect.not.stringContaining('hush'),
    });
  });

  test("come from AWS' own chain where the server has none", async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'from the environment');
    const pool = await startPool(makeUsers(10));
    const server = serverAt(pool.url, { credentials: { kind: 'default-chain' } });
    expect(await scanAll(connect(pool.url, { server }))).toHaveLength(10);
    expect(pool.requests[0]?.accessKeyId).toBe('AKIAENVIRONMENT');
  });

  test("deny the scan where AWS' own chain has none", async () => {
    stubEmptyChain();
    const pool = await startPool(makeUsers(10));
    const server = serverAt(pool.url, { credentials: { kind: 'default-chain' } });
    expect(await rejectionOf(scanAll(connect(pool.url, { server })))).toMatchObject({ code: 'SCAN_DENIED' });
    expect(pool.requests).toEqual([]);
  });

  test("are unavailable while the endpoint of AWS' own chain fails", async () => {
    stubEmptyChain();
    const pool = await startPool(makeUsers(10));
    const endpoint = await startScriptedEndpoint(() => 500);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', endpoint);
    const server = serverAt(pool.url, { credentials: { kind: 'default-chain' } });
    const retry = { firstAttempts: 1 };
    expect(await rejectionOf(scanAll(connect(pool.url, { server, retry })))).toMatchObject({
      code: 'SCAN_UNAVAILABLE',
      detail: expect.stringContaining('AWS_CONTAINER_CREDENTIALS_FULL_URI'),
    });
    expect(pool.requests).toEqual([]);
  });
});

function stubEmptyChain(): void {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent/credentials');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent/config');
}

/** An endpoint of credentials, closed when the test is over; its URL. */
async function startScriptedEndpoint(status: () => number): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status()).end('an answer');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server must listen on a port');
  return `http://127.0.0.1:${address.port}`;
}
