import { describe, expect, test } from 'vitest';
import type { Faults } from '../../../src/emulator/emulator.ts';
import { ScanError } from '../../../src/errors.ts';
import { createTokenBucket } from '../../../src/source/cognito/token-bucket.ts';
import { InstantClock } from './instant-clock.ts';
import {
  connect,
  makeSubscribers,
  makeUsers,
  poolId,
  recordOf,
  rejectionOf,
  scanAll,
  sorted,
  startPool,
} from './pool.ts';
import { type ScriptedAnswer, startScriptedPool } from './scripted-pool.ts';

describe('every user arrives exactly once', () => {
  const retry = { requestTimeoutMs: 250 };
  const faults: readonly (readonly [string, Faults])[] = [
    ['throttles', { throttle: 0.2 }],
    ['connection resets', { reset: 0.2 }],
    ['500s', { internalError: 0.2 }],
    ['stalled bodies', { stalledBody: 0.1 }],
    ['truncated bodies', { truncatedBody: 0.2 }],
    ['malformed JSON', { malformedJson: 0.2 }],
    ['slow answers', { slow: { probability: 0.1, delayMs: 1_000 } }],
    ['bodies that drip', { drippingBody: { probability: 0.1, overMs: 1_000 } }],
    ['runs of 50 empty pages', { emptyPages: { every: 2, run: 50 } }],
    ['short pages', { shortPages: 1 }],
    ['repeated users', { repeatedUsers: 1 }],
    ['pages without Users', { emptyPages: { every: 2, run: 2 }, omittedUsers: true }],
    ['errors with status 200', { maskedError: 0.2 }],
    ['a clock that is an hour ahead', { clockAheadMs: 3_600_000 }],
    ['a refused token in mid-scan', { refuseTokens: { after: 4, times: 1 } }],
    ['tokens refused again and again', { refuseTokens: { after: 2, times: 10 } }],
  ];

  test.each(faults)('despite %s, in a serial scan', async (_, fault) => {
    const users = makeUsers(600);
    const { url } = await startPool(users, { faults: fault });
    expect(sorted(await scanAll(connect(url, { retry })))).toEqual(sorted(users.map(recordOf)));
  });

  test.each(faults)('despite %s, in a partitioned scan', async (_, fault) => {
    const users = makeSubscribers(600);
    const { url } = await startPool(users, { faults: fault });
    expect(sorted(await scanAll(connect(url, { parallelScan: 8, retry })))).toEqual(
      sorted(users.map(recordOf)),
    );
  });

  test('whichever users come and go during the scan, those that stay are returned', async () => {
    const staying = makeUsers(600, 'staying');
    const leaving = makeUsers(600, 'leaving');
    const pool = await startPool([...staying, ...leaving], {
      faults: { refuseTokens: { after: 6, times: 2 } },
    });
    const records = [];
    let arrivals = 0;
    for await (const page of connect(pool.url).scan(new AbortController().signal, () => {})) {
      records.push(...page);
      const live = pool.pool(poolId);
      for (let i = 0; i < 30; i++) {
        const gone = live.findIndex(({ Username }) => Username.startsWith('leaving'));
        if (gone >= 0) live.splice(gone, 1);
      }
      if (arrivals < 10) live.push(...makeUsers(5, `arrival-${arrivals++}`));
    }
    const names = records.map(({ fields: [username] }) => String(username));
    expect(new Set(names).size).toBe(names.length);
    const present = records.filter(({ fields: [username] }) => String(username).startsWith('staying'));
    expect(sorted(present)).toEqual(sorted(staying.map(recordOf)));
  });
});

describe('a scan ends with', () => {
  test.each<[string, Faults, string]>([
    ['SCAN_DENIED', { denyAccess: true }, 'AccessDeniedException'],
    ['SCAN_DENIED', { revokeCredentials: { after: 4 } }, 'NotAuthorizedException'],
    [
      'SCAN_DENIED',
      { revokeCredentials: { after: 4, error: 'ExpiredTokenException' } },
      'ExpiredTokenException',
    ],
    ['SCAN_THROTTLED', { throttle: 1 }, 'request quota'],
    ['SCAN_UNAVAILABLE', { reset: 1 }, 'ECONNRESET'],
    ['SCAN_UNAVAILABLE', { internalError: 1 }, 'InternalErrorException'],
    ['SCAN_UNAVAILABLE', { stalledBody: 1 }, 'no answer within'],
    ['SCAN_UNAVAILABLE', { truncatedBody: 1 }, 'the connection failed'],
    ['SCAN_UNAVAILABLE', { maskedError: 1 }, 'InternalErrorException'],
    ['SCAN_INVALID_RESPONSE', { malformedJson: 1 }, 'not JSON'],
    ['SCAN_INVALID_RESPONSE', { circularTokens: { after: 3 } }, 'no new user'],
    ['SCAN_INVALID_RESPONSE', { endlessTokens: true }, 'no new user'],
    ['SCAN_INVALID_RESPONSE', { refuseTokens: { after: 1, times: 1_000 } }, 'InvalidParameterException'],
  ])(
    '%s where the faults are %j',
    async (code, faults, words) => {
      const { url } = await startPool(makeUsers(600), { faults });
      // Only an answer that never ends is to be given up.
      const requestTimeoutMs = faults.stalledBody ? 50 : 30_000;
      const retry = { firstAttempts: 3, attempts: 3, requestTimeoutMs, throttlePatienceMs: 100 };
      const error = await rejectionOf(scanAll(connect(url, { retry })));
      expect(error).toBeInstanceOf(ScanError);
      expect(error).toMatchObject({ code, detail: expect.stringContaining(words) });
    },
    30_000,
  );

  test('SCAN_DENIED at once if the credentials are unknown', async () => {
    const pool = await startPool(makeUsers(1), { accessKeyId: 'AKIAOTHER' });
    expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({
      code: 'SCAN_DENIED',
      detail: expect.stringContaining('UnrecognizedClientException'),
    });
    expect(pool.requests).toHaveLength(1);
  });

  test('SCAN_UNAVAILABLE if nothing listens', async () => {
    const pool = await startPool([]);
    await pool.close();
    expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({
      code: 'SCAN_UNAVAILABLE',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('SCAN_NOT_FOUND if there is no such pool', async () => {
    const pool = await startScriptedPool(() => refusal('ResourceNotFoundException'));
    expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({ code: 'SCAN_NOT_FOUND' });
    expect(pool.requests).toHaveLength(1);
  });

  test('SCAN_INVALID_RESPONSE if the first request itself is rejected', async () => {
    const pool = await startScriptedPool(() => refusal('InvalidParameterException'));
    expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({ code: 'SCAN_INVALID_RESPONSE' });
    expect(pool.requests).toHaveLength(1);
  });

  test.each([
    ['nothing', ''],
    ['an empty object', {}],
    ['a list', []],
    ['a page of HTML', '<html>'],
    ['half a page', '{"Users":[{"Username":"a"'],
    ['a user without Username', { Users: [{ Username: 'a' }, { Enabled: true }] }],
    ['thousands of empty users', { Users: Array.from({ length: 30_000 }, () => ({})) }],
    ['lists that nobody asked for', `{"x":[${'[],'.repeat(300_000)}1],"Users":[]}`],
    ['lists within lists', `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)},"Users":[]}`],
    ['a value of ten megabytes', page(['a', 'x'.repeat(10 * 2 ** 20)]).body],
    ['ten megabytes of white space', `{"Users":[]${' '.repeat(10 * 2 ** 20)}}`],
    ['bytes that are no text', { Users: [{ Username: 'a\ud800' }] }],
  ])('SCAN_INVALID_RESPONSE where the answer is %s', async (_, body) => {
    const pool = await startScriptedPool(() => ({ body }));
    const retry = { firstAttempts: 3 };
    expect(await rejectionOf(scanAll(connect(pool.url, { retry })))).toMatchObject({
      code: 'SCAN_INVALID_RESPONSE',
    });
    expect(pool.requests).toHaveLength(3);
  });

  test.each<[string, (request: number) => ScriptedAnswer]>([
    ['the same empty page for ever', () => page([], 'again')],
    ['in a circle', (i) => page([`user-${i % 2}`], i % 2 ? 'A' : 'B')],
    ['to empty pages without end', (i) => page([], String(i))],
    ['to users who were there before', (i) => page([`user-${i % 50}`], String(i))],
  ])(
    'SCAN_INVALID_RESPONSE where tokens lead %s',
    async (_, answer) => {
      let requests = 0;
      const pool = await startScriptedPool(() => answer(requests++));
      expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({
        code: 'SCAN_INVALID_RESPONSE',
        detail: expect.stringContaining('no new user'),
      });
      expect(requests).toBeLessThan(1_100);
    },
    30_000,
  );

  test.each([
    ['InternalErrorException', 'SCAN_UNAVAILABLE'],
    ['com.amazonaws.cognito#NotAuthorizedException', 'SCAN_DENIED'],
    ['TooManyRequestsException', 'SCAN_THROTTLED'],
  ])('an error that looks like an empty pool: 200 with %s', async (type, code) => {
    const pool = await startScriptedPool(() => ({ status: 200, body: { __type: type, Users: [] } }));
    const retry = { firstAttempts: 2, throttlePatienceMs: 20 };
    expect(await rejectionOf(scanAll(connect(pool.url, { retry })))).toMatchObject({ code });
  });

  test.each<[string, ScriptedAnswer, string]>([
    ['a header', { headers: { 'x-amzn-errortype': 'InternalErrorException' }, body: {} }, 'SCAN_UNAVAILABLE'],
    ['a code', { body: { code: 'AccessDeniedException', message: 'no' } }, 'SCAN_DENIED'],
    ['a message', { body: { message: 'no' } }, 'SCAN_INVALID_RESPONSE'],
    ['a message with a capital', { body: { Message: 'no' } }, 'SCAN_INVALID_RESPONSE'],
    ['a type that is null', { body: { __type: null } }, 'SCAN_INVALID_RESPONSE'],
    ['a type that is an object', { body: { __type: {} } }, 'SCAN_INVALID_RESPONSE'],
    ['status 201', { status: 201, body: {} }, 'SCAN_INVALID_RESPONSE'],
    ['status 206', { status: 206, body: {} }, 'SCAN_INVALID_RESPONSE'],
  ])('an error although there are users: %s', async (_, answer, code) => {
    const pool = await startScriptedPool(() => ({
      ...answer,
      body: { ...Object(answer.body), Users: [{ Username: 'a' }] },
    }));
    const retry = { firstAttempts: 2 };
    expect(await rejectionOf(scanAll(connect(pool.url, { retry })))).toMatchObject({ code });
  });

  test.each([
    ['two lists of users', '{"Users":[{"Username":"a"}],"Users":[]}'],
    ['two lists of users, one of them escaped', '{"Users":[{"Username":"a"}],"\\u0055sers":[]}'],
    ['two lists of users, far apart', `{"Users":[{"Username":"${'a'.repeat(20_000)}"}],"Users":[]}`],
    ['two tokens', '{"Users":[],"PaginationToken":"a","PaginationToken":null}'],
    ['a token by another name', '{"Users":[],"NextToken":"a"}'],
    ['a token in lower case', '{"Users":[],"paginationToken":"a"}'],
  ])('SCAN_INVALID_RESPONSE rather than with fewer users where a page has %s', async (_, body) => {
    const pool = await startScriptedPool(() => ({ body }));
    const retry = { firstAttempts: 2 };
    expect(await rejectionOf(scanAll(connect(pool.url, { retry })))).toMatchObject({
      code: 'SCAN_INVALID_RESPONSE',
    });
  });

  test.each([
    ['InvalidSignatureException', 'SCAN_DENIED'],
    ['com.amazonaws.cognito#NotAuthorizedException', 'SCAN_DENIED'],
    ['ResourceNotFoundException:http://internal.amazon.com/coral/', 'SCAN_NOT_FOUND'],
    ['OperationNotEnabledException', 'SCAN_INVALID_RESPONSE'],
    ['CredentialsProviderError', 'SCAN_INVALID_RESPONSE'],
  ])('the code of the error %s', async (type, code) => {
    const pool = await startScriptedPool(() => refusal(type));
    expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({ code });
  });

  test('the code of an error that only a header names', async () => {
    const headers = { 'x-amzn-errortype': 'AccessDeniedException:' };
    const pool = await startScriptedPool(() => ({ status: 400, headers, body: '' }));
    expect(await rejectionOf(scanAll(connect(pool.url)))).toMatchObject({ code: 'SCAN_DENIED' });
  });

  test('one line that repeats nothing of what AWS wrote', async () => {
    const secret = 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/x\nIQoJb3JpZ2luX2Vj';
    for (const type of ['AccessDeniedException', 'InternalFailure', 'InvalidParameterException', secret]) {
      const pool = await startScriptedPool(() => ({ status: 400, body: { __type: type, message: secret } }));
      const error = await rejectionOf(scanAll(connect(pool.url, { retry: { firstAttempts: 2 } })));
      expect(error).toBeInstanceOf(ScanError);
      expect(error).toMatchObject({ detail: expect.not.stringMatching(/arn:|123456789012|IQoJ|\n/) });
    }
  });
});

test('a page without users that leads to another is an empty one', async () => {
  const pool = await startScriptedPool(({ body }) =>
    body.PaginationToken === undefined ? { body: { PaginationToken: 'next' } } : page(['user-1']),
  );
  expect(await scanAll(connect(pool.url))).toHaveLength(1);
});

test('a username of a megabyte is one like any other', async () => {
  const users = ['x'.repeat(2 ** 20), 'short', 'ü'.repeat(2 ** 19)].map((Username) => ({ Username }));
  const { url } = await startPool(users);
  expect(sorted(await scanAll(connect(url)))).toEqual(sorted(users.map(recordOf)));
});

test('of a long error nothing is read but its status and headers', async () => {
  const body = `{"x":[${'[],'.repeat(1_000_000)}1],"__type":"InternalErrorException"}`;
  const headers = { 'x-amzn-errortype': 'AccessDeniedException' };
  const denied = await startScriptedPool(() => ({ status: 400, headers, body }));
  expect(await rejectionOf(scanAll(connect(denied.url)))).toMatchObject({ code: 'SCAN_DENIED' });
  const broken = await startScriptedPool(() => ({ status: 502, body }));
  expect(await rejectionOf(scanAll(connect(broken.url, { retry: { firstAttempts: 2 } })))).toMatchObject({
    code: 'SCAN_UNAVAILABLE',
    detail: expect.stringContaining('HTTP status 502'),
  });
});

test('a description of the pool that is too long costs only the percentage', async () => {
  const pool = await startScriptedPool(({ operation, body }) => {
    if (operation === 'DescribeUserPool') {
      return { body: { UserPool: { EstimatedNumberOfUsers: 5, Name: 'x'.repeat(2 ** 21) } } };
    }
    return body.PaginationToken === undefined ? page(['a'], 'next') : page(['b']);
  });
  let estimate: number | undefined;
  const records = await scanAll(connect(pool.url), (progress) => {
    estimate = progress.estimatedRows;
  });
  expect(records).toHaveLength(2);
  expect(estimate).toBeUndefined();
});

describe('a Date that no signature can hold', () => {
  const date = 'Sat, 13 Sep 275760 00:00:00 GMT';

  test.each([
    ['of a page', () => ({ ...page(['a'], 'next'), headers: { date } })],
    ['of an error', () => ({ ...refusal('InternalErrorException'), headers: { date } })],
    [
      'within an error',
      () => ({ status: 400, body: { __type: 'InternalErrorException', ServerTime: date } }),
    ],
  ])('%s does not keep later requests from being sent', async (_, first) => {
    const pool = await startScriptedPool(() => (pool.requests.length === 1 ? first() : page(['b'])));
    expect(await scanAll(connect(pool.url))).not.toHaveLength(0);
    expect(pool.requests.length).toBeGreaterThan(1);
  });
});

test('characters of several bytes may be anywhere in a page of some megabytes', async () => {
  // Four starts of different lengths, so that a part of any length ends within a character of one of them.
  const values = ['', 'a', 'bc', 'def'].map((start) => start + '😀'.repeat(300_000));
  const Users = values.map((Value, i) => ({ Username: `user-${i}`, Attributes: [{ Name: 'name', Value }] }));
  const pool = await startScriptedPool(() => ({ body: { Users } }));
  const records = await scanAll(connect(pool.url));
  expect(records.map(({ attributes }) => attributes[0]?.[1])).toEqual(values);
});

describe('all chains wait', () => {
  test.each<[string, ScriptedAnswer]>([
    ['in seconds', { status: 503, headers: { 'retry-after': '30' }, body: '' }],
    ['in milliseconds', { status: 503, headers: { 'x-amz-retry-after': '30000' }, body: '' }],
    ['with a throttle', { ...refusal('TooManyRequestsException'), headers: { 'retry-after': '30' } }],
    [
      'with an error whose status is 200',
      { body: { __type: 'TooManyRequestsException' }, headers: { 'retry-after': '30' } },
    ],
  ])('as long as an answer asks for %s', async (_, answer) => {
    expect(await waitAfter(answer)).toBeGreaterThanOrEqual(29_000);
  });

  test.each([
    { 'retry-after': '99999999999999999999' },
    { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' },
    { 'x-amz-retry-after': 'Infinity' },
    { 'x-amz-retry-after': '1e300' },
  ])('but not for ever, whatever it asks for: %j', async (headers) => {
    const ms = await waitAfter({ ...refusal('TooManyRequestsException'), headers });
    expect(ms).toBeGreaterThanOrEqual(299_000);
    expect(ms).toBeLessThan(310_000);
  });

  /** The milliseconds between the first answer and the next request, by the clock of the scan. */
  async function waitAfter(first: ScriptedAnswer): Promise<number> {
    const clock = new InstantClock();
    const bucket = createTokenBucket({ requestsPerSecond: 10_000, clock });
    const pool = await startScriptedPool(() => (pool.requests.length === 1 ? first : page(['a'])));
    const retry = { throttlePatienceMs: 1_000_000 };
    expect(await scanAll(connect(pool.url, { bucket, clock, retry }))).toHaveLength(1);
    return clock.now();
  }
});

function page(usernames: readonly string[], token?: string): ScriptedAnswer {
  const Users = usernames.map((Username) => ({ Username }));
  return { body: token === undefined ? { Users } : { Users, PaginationToken: token } };
}

function refusal(type: string) {
  return {
    status: 400,
    body: { __type: type, message: 'something about arn:aws:iam::123456789012:role/secret' },
  };
}
