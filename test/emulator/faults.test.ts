import { DescribeUserPoolCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { expect, test } from 'vitest';
import { FaultInjector } from '../../src/emulator/fault-injector.ts';
import type { Faults } from '../../src/emulator/faults.ts';
import {
  clientFor,
  listPage,
  plainUsers,
  poolId,
  scanPages,
  scanUsernames,
  startForTest,
} from './pool-client.ts';
import { openRaw } from './raw-request.ts';

const listBody = JSON.stringify({ UserPoolId: poolId, Limit: 60 });

test.each([
  [{ throttle: 1 }, 'TooManyRequestsException', 400, 'throttled'],
  [{ internalError: 1 }, 'InternalErrorException', 500, 'internal-error'],
  [{ revokeCredentials: { after: 0 } }, 'NotAuthorizedException', 400, 'refused'],
  [
    { revokeCredentials: { after: 0, error: 'ExpiredTokenException' } },
    'ExpiredTokenException',
    400,
    'refused',
  ],
  [{ denyAccess: true }, 'AccessDeniedException', 400, 'refused'],
] satisfies [Faults, string, number, string][])(
  '%j is answered with %s',
  async (faults, name, status, outcome) => {
    const emulator = await startForTest(plainUsers(3), { faults });
    await expect(listPage(clientFor(emulator.url))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
    expect(emulator.requests).toMatchObject([{ operation: 'ListUsers', poolId, outcome, error: name }]);
  },
);

test('an error that its status hides looks like an empty pool', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { maskedError: 1 } });
  expect((await listPage(clientFor(emulator.url))).Users).toEqual([]);
  expect(emulator.requests).toMatchObject([{ outcome: 'internal-error' }]);
});

test('throttles and internal errors say when to come back', async () => {
  for (const fault of ['throttle', 'internalError'] as const) {
    const emulator = await startForTest(plainUsers(3), { faults: { [fault]: 1, retryAfterSeconds: 7 } });
    const { response } = await openRaw(emulator.url, { body: listBody });
    expect(response.headers['retry-after']).toBe('7');
    response.destroy();
  }
});

test('a clock that is ahead rejects requests signed by another clock, and shows its time', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { clockAheadMs: 3_600_000 } });
  const client = clientFor(emulator.url);
  await expect(listPage(client)).rejects.toMatchObject({
    name: 'InvalidSignatureException',
    $metadata: { clockSkewCorrected: true },
  });
  expect((await listPage(client)).Users).toHaveLength(3);
});

test('tokens that lead in a circle bring the first page again', async () => {
  const emulator = await startForTest(plainUsers(10), { faults: { circularTokens: { after: 2 } } });
  const client = clientFor(emulator.url);
  const pages = [];
  let token: string | undefined;
  for (let i = 0; i < 5; i++) {
    const page = await listPage(client, { Limit: 3, PaginationToken: token });
    token = page.PaginationToken;
    pages.push(page.Users?.map(({ Username }) => Username));
  }
  expect(pages[2]).toEqual(pages[0]);
  expect(pages[3]).toEqual(pages[1]);
  expect(pages[4]).toEqual(pages[0]);
});

test('tokens without end lead from the last user to empty pages, which may lack their list', async () => {
  const faults = { endlessTokens: true, omittedUsers: true };
  const emulator = await startForTest(plainUsers(3), { faults });
  let page = await listPage(clientFor(emulator.url), { Limit: 3 });
  expect(page.Users).toHaveLength(3);
  for (let i = 0; i < 5; i++) {
    page = await listPage(clientFor(emulator.url), { Limit: 3, PaginationToken: page.PaginationToken });
    expect(page).toMatchObject({ PaginationToken: expect.any(String) });
    expect(page.Users).toBeUndefined();
  }
});

test('credentials are revoked for the given number of requests', async () => {
  const faults = { revokeCredentials: { after: 1, times: 1 } };
  const emulator = await startForTest(plainUsers(3), { faults });
  const client = clientFor(emulator.url);
  await listPage(client);
  await expect(listPage(client)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  await listPage(client);
});

test('a reset connection is an error of the network', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { reset: 1 } });
  await expect(listPage(clientFor(emulator.url))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(emulator.requests).toMatchObject([{ outcome: 'reset' }]);
});

test('a truncated body ends before its Content-Length', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { truncatedBody: 1 } });
  await expect(listPage(clientFor(emulator.url))).rejects.toThrow('aborted');
  expect(emulator.requests).toMatchObject([{ outcome: 'truncated-body' }]);
});

test('malformed JSON arrives completely, with status 200', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { malformedJson: 1 } });
  await expect(listPage(clientFor(emulator.url))).rejects.toMatchObject({
    name: 'SyntaxError',
    $metadata: { httpStatusCode: 200 },
  });
  expect(emulator.requests).toMatchObject([{ outcome: 'malformed-json' }]);
});

test('a stalled body has headers and its first half, and keeps the connection', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { stalledBody: 1 } });
  const { request, response } = await openRaw(emulator.url, { body: listBody });
  const half = Math.floor(Number(response.headers['content-length']) / 2);
  let received = 0;
  for await (const chunk of response) {
    received += Buffer.byteLength(chunk);
    if (received >= half) break;
  }
  expect(received).toBe(half);
  expect(response.complete).toBe(false);
  request.destroy();
  expect(emulator.requests).toMatchObject([{ outcome: 'stalled-body' }]);
});

test('a caller can give up on a stalled body', async () => {
  const emulator = await startForTest(plainUsers(3), { faults: { stalledBody: 1 } });
  const abort = new AbortController();
  const page = clientFor(emulator.url).send(new ListUsersCommand({ UserPoolId: poolId }), {
    abortSignal: abort.signal,
  });
  await expect.poll(() => emulator.requests.length).toBe(1);
  abort.abort();
  await expect(page).rejects.toMatchObject({ name: 'AbortError' });
});

test('a slow answer is not there when a later one is', async () => {
  const slow = { probability: 1, delayMs: 600_000 };
  const emulator = await startForTest(plainUsers(3), { faults: { slow } });
  const client = clientFor(emulator.url);
  const abort = new AbortController();
  const page = client.send(new ListUsersCommand({ UserPoolId: poolId }), { abortSignal: abort.signal });
  await expect.poll(() => emulator.requests.length).toBe(1);
  emulator.faults = {};
  expect((await listPage(client)).Users).toHaveLength(3);
  abort.abort();
  await expect(page).rejects.toMatchObject({ name: 'AbortError' });
});

test('a slow answer arrives completely', async () => {
  const slow = { probability: 1, delayMs: 10 };
  const emulator = await startForTest(plainUsers(3), { faults: { slow } });
  expect((await listPage(clientFor(emulator.url))).Users).toHaveLength(3);
  expect(emulator.requests).toMatchObject([{ outcome: 'page' }]);
});

test('a dripping body arrives in pieces, but completely', async () => {
  const faults = { drippingBody: { probability: 1, overMs: 100 } };
  const emulator = await startForTest(plainUsers(30), { faults });
  const { response } = await openRaw(emulator.url, { body: listBody });
  let pieces = 0;
  let received = 0;
  for await (const chunk of response) {
    pieces++;
    received += Buffer.byteLength(chunk);
  }
  expect(pieces).toBeGreaterThan(1);
  expect(received).toBe(Number(response.headers['content-length']));
  expect(await scanUsernames(clientFor(emulator.url))).toHaveLength(30);
});

test('short pages have fewer users than their Limit, and some have none', async () => {
  const emulator = await startForTest(plainUsers(300), { faults: { shortPages: 1 } });
  const sizes = (await scanPages(clientFor(emulator.url), { Limit: 10 })).map((page) => page.length);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(300);
  expect(new Set(sizes).size).toBeGreaterThan(5);
  expect(sizes).toContain(0);
});

test('runs of empty pages come before every group of pages, and at the end', async () => {
  const emulator = await startForTest(plainUsers(8), { faults: { emptyPages: { every: 2, run: 3 } } });
  const sizes = (await scanPages(clientFor(emulator.url), { Limit: 2 })).map((page) => page.length);
  expect(sizes).toEqual([0, 0, 0, 2, 2, 0, 0, 0, 2, 2, 0, 0, 0]);
});

test('a run of fifty empty pages does not end a scan', async () => {
  const emulator = await startForTest(plainUsers(10), { faults: { emptyPages: { every: 1, run: 50 } } });
  const pages = await scanPages(clientFor(emulator.url), { Limit: 5 });
  expect(pages).toHaveLength(50 + 1 + 50 + 1 + 50);
  expect(pages.flat()).toHaveLength(10);
});

test('repeated users were on an earlier page, and none is missing instead', async () => {
  const emulator = await startForTest(plainUsers(100), { faults: { repeatedUsers: 1 } });
  const pages = await scanPages(clientFor(emulator.url), { Limit: 10 });
  const seen = new Set<string | undefined>();
  let repeated = 0;
  for (const page of pages) {
    expect(page.length).toBeLessThanOrEqual(10);
    repeated += page.filter((user) => seen.has(user.Username)).length;
    for (const user of page) seen.add(user.Username);
  }
  expect(seen.size).toBe(100);
  // Every page but the first repeats one.
  expect(repeated).toBe(pages.length - 1);
});

test('a Limit of 1 makes progress, even if users repeat', async () => {
  const emulator = await startForTest(plainUsers(5), { faults: { repeatedUsers: 1 } });
  expect(await scanUsernames(clientFor(emulator.url), { Limit: 1 })).toHaveLength(5);
});

test('a refused token ends its scan, and the next scan goes through', async () => {
  const emulator = await startForTest(plainUsers(50), { faults: { refuseTokens: { after: 2, times: 2 } } });
  const client = clientFor(emulator.url);
  for (const _ of ['first', 'second']) {
    await expect(scanPages(client, { Limit: 10 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  }
  expect(await scanUsernames(client, { Limit: 10 })).toHaveLength(50);
  expect(emulator.requests.map((request) => request.outcome)).toEqual([
    ...['page', 'page', 'refused'],
    ...['page', 'page', 'refused'],
    ...['page', 'page', 'page', 'page', 'page'],
  ]);
});

test('a token that was refused stays refused', async () => {
  const emulator = await startForTest(plainUsers(50), { faults: { refuseTokens: { after: 1, times: 1 } } });
  const client = clientFor(emulator.url);
  const { PaginationToken } = await listPage(client, { Limit: 10 });
  const next = { Limit: 10, PaginationToken };
  await expect(listPage(client, next)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(listPage(client, next)).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('credentials are revoked after the given number of requests', async () => {
  const emulator = await startForTest(plainUsers(50), { faults: { revokeCredentials: { after: 2 } } });
  const client = clientFor(emulator.url);
  await expect(scanPages(client, { Limit: 10 })).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  expect(emulator.requests.map((request) => request.outcome)).toEqual(['page', 'page', 'refused']);
});

test('an identity may describe a pool that it must not list', async () => {
  const emulator = await startForTest(plainUsers(5), { faults: { denyAccess: true } });
  const client = clientFor(emulator.url);
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  expect(UserPool?.EstimatedNumberOfUsers).toBe(5);
});

test('a fault hits the share of requests that it is given', () => {
  const injector = new FaultInjector({
    throttle: 0.2,
    internalError: 0.1,
    slow: { probability: 0.5, delayMs: 1 },
  });
  const drawn = Array.from({ length: 10_000 }, () => injector.drawAnswerFault());
  const share = (fault: string | undefined) => drawn.filter((one) => one === fault).length / drawn.length;
  expect(share('throttle')).toBeCloseTo(0.2, 1);
  expect(share('internalError')).toBeCloseTo(0.1, 1);
  expect(share('slow')).toBeCloseTo(0.5, 1);
  expect(share(undefined)).toBeCloseTo(0.2, 1);
});

test('equal seeds meet the same faults, others do not', async () => {
  const emulator = await startForTest(plainUsers(1));
  const client = clientFor(emulator.url);
  const outcomes = async (seed: number) => {
    emulator.faults = { seed, throttle: 0.3, internalError: 0.3 };
    const before = emulator.requests.length;
    for (let request = 0; request < 25; request++) await listPage(client).catch(() => undefined);
    return emulator.requests.slice(before).map((request) => request.outcome);
  };
  const first = await outcomes(3);
  expect(await outcomes(3)).toEqual(first);
  expect(await outcomes(4)).not.toEqual(first);
});

test('faults can be switched in the middle of a scan', async () => {
  const emulator = await startForTest(plainUsers(30));
  const client = clientFor(emulator.url);
  const { PaginationToken } = await listPage(client, { Limit: 10 });
  const next = { Limit: 10, PaginationToken };
  emulator.faults = { throttle: 1 };
  await expect(listPage(client, next)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  emulator.faults = {};
  expect((await listPage(client, next)).Users).toHaveLength(10);
});

test('the faults of one emulator do not affect another', async () => {
  const faulty = await startForTest(plainUsers(3), { faults: { throttle: 1 } });
  const sound = await startForTest(plainUsers(3));
  await expect(listPage(clientFor(faulty.url))).rejects.toThrow();
  expect((await listPage(clientFor(sound.url))).Users).toHaveLength(3);
});

test.each([
  [{ throttle: 1.5 }, 'the probability of throttle must be from 0 to 1, but got 1.5'],
  [{ shortPages: -1 }, 'the probability of shortPages must be from 0 to 1, but got -1'],
  [{ throttle: 0.6, reset: 0.6 }, 'must add up to 1 at most, but got 1.2'],
  [{ emptyPages: { every: 0, run: 1 } }, 'emptyPages.every must be a whole number from 1, but got 0'],
  [
    { slow: { probability: 0.1, delayMs: Number.NaN } },
    'slow.delayMs must be a whole number from 0, but got NaN',
  ],
] satisfies [Faults, string][])('%j is refused', async (faults, message) => {
  const emulator = await startForTest([]);
  expect(() => {
    emulator.faults = faults;
  }).toThrow(message);
  expect(emulator.faults).toEqual({});
});
