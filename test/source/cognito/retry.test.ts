import { HttpResponse } from '@smithy/core/protocols';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedAnswerError } from '../../../src/source/cognito/page.ts';
import {
  GivenUpError,
  type RetryContext,
  sendWithRetry,
  withTimeout,
} from '../../../src/source/cognito/retry.ts';
import { InstantClock } from './instant-clock.ts';
import { rejectionOf } from './pool.ts';

const throttle = serviceError('TooManyRequestsException', 400);
const outage = serviceError('InternalErrorException', 500);

describe('a request that fails', () => {
  test.each([
    ['a throttle', throttle],
    ['a 500', outage],
    [
      'a 503 without a type',
      Object.assign(new SyntaxError('<html>'), { $metadata: { httpStatusCode: 503 } }),
    ],
    ['a reset', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['a malformed answer', new MalformedAnswerError('an answer that is no JSON')],
    [
      'a throttle by another name',
      Object.assign(serviceError('New', 400), { $retryable: { throttling: true } }),
    ],
  ])('with %s is sent again', async (_, error) => {
    expect(await sendWithRetry(failing([error]), context())).toBe('page');
  });

  test.each([
    ['NotAuthorizedException', 'denied'],
    ['AccessDeniedException', 'denied'],
    ['UnrecognizedClientException', 'denied'],
    ['InvalidSignatureException', 'denied'],
    ['ResourceNotFoundException', 'not-found'],
    ['InvalidParameterException', 'bad-parameter'],
    ['UnknownOperationException', 'refused'],
  ])('with %s is not', async (type, kind) => {
    const error = await givenUp(failing([serviceError(type, 400)]), context());
    expect(error).toMatchObject({ attempts: 1, failure: { kind } });
  });

  test('is given up after as many attempts as the policy allows', async () => {
    const error = await givenUp(failing(Array(50).fill(outage)), context({ answered: true }));
    expect(error).toMatchObject({
      attempts: 6,
      failure: { kind: 'unavailable', what: 'InternalErrorException' },
    });
  });

  test('is given up sooner while the pool has not answered at all', async () => {
    const error = await givenUp(failing(Array(50).fill(outage)), context());
    expect(error.attempts).toBe(3);
  });

  test('is not given up for throttles while there is patience', async () => {
    expect(await sendWithRetry(failing(Array(40).fill(throttle)), context())).toBe('page');
  });

  test('is given up when it was throttled for too long', async () => {
    const retry = context({ throttlePatienceMs: 10_000 });
    const error = await givenUp(failing(Array(1_000).fill(throttle)), retry);
    expect(error.failure.kind).toBe('throttled');
    expect(retry.clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(retry.clock.now()).toBeLessThan(12_000);
  });

  test('slows the bucket down at each throttle, and tells of it', async () => {
    const retry = context();
    await sendWithRetry(failing([throttle, outage, throttle]), retry);
    expect(retry).toMatchObject({ slowDowns: 2, throttles: 2, attempts: 4 });
  });

  test.each(['ExpiredToken', 'AccessDeniedException', 'UnrecognizedClientException'])(
    'looks up credentials again after %s, once',
    async (type) => {
      const refused = serviceError(type, 400);
      const retry = context({ renewable: true });
      expect(await sendWithRetry(failing([refused]), retry)).toBe('page');
      expect((await givenUp(failing([refused, refused]), retry)).failure.kind).toBe('denied');
      expect(retry.renewals).toBe(2);
    },
  );

  test('waits as long as the service requests, like all that share its quota', async () => {
    const retry = context();
    await sendWithRetry(
      failing([serviceError('TooManyRequestsException', 400, { 'retry-after': '7' })]),
      retry,
    );
    await sendWithRetry(failing([serviceError('Unknown', 503, { 'x-amz-retry-after': '1500' })]), retry);
    await sendWithRetry(failing([serviceError('Unknown', 503, { 'retry-after': '999999999' })]), retry);
    expect(retry.pauses.map(Math.round)).toEqual([7_000, 1_500, 60_000]);
  });

  test('waits for nothing that is no time', async () => {
    const retry = context();
    for (const header of ['soon', '-1', '', 'NaN']) {
      await sendWithRetry(failing([serviceError('Unknown', 503, { 'retry-after': header })]), retry);
    }
    expect(retry.pauses).toEqual([]);
  });

  test('is sent again, once, after a wrong clock has been corrected', async () => {
    const skewed = serviceError('InvalidSignatureException', 400);
    skewed.$metadata.clockSkewCorrected = true;
    expect(await sendWithRetry(failing([skewed]), context())).toBe('page');
    expect((await givenUp(failing([skewed, skewed]), context())).failure.kind).toBe('skewed');
  });

  test('waits a random part of a time that doubles up to a limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (chance) => {
        const retry = context({ answered: true, random: () => chance });
        await sendWithRetry(failing(Array(5).fill(outage)), retry);
        expect(retry.clock.sleeps).toEqual([100, 200, 400, 800, 1_000].map((ms) => chance * ms));
      }),
    );
  });

  test('ends with its signal', async () => {
    const stop = new AbortController();
    const send = async () => {
      stop.abort(new Error('stop'));
      throw outage;
    };
    expect(await rejectionOf(sendWithRetry(send, context({ signal: stop.signal })))).toEqual(
      new Error('stop'),
    );
  });
});

describe('a request that takes too long', () => {
  test('is aborted', async () => {
    let sent: AbortSignal | undefined;
    const send = (signal: AbortSignal) => {
      sent = signal;
      return new Promise<never>(() => {});
    };
    const error = await rejectionOf(withTimeout(send, 5, new AbortController().signal));
    expect(error).toEqual(new Error('there was no answer within 0.005 s'));
    expect(sent?.aborted).toBe(true);
  });

  test('is aborted with the signal, whether or not it heeds it', async () => {
    const stop = new AbortController();
    const waiting = rejectionOf(withTimeout(() => new Promise(() => {}), 60_000, stop.signal));
    stop.abort(new Error('stop'));
    expect(await waiting).toEqual(new Error('stop'));
  });
});

/** An error as the SDK makes it of an answer. */
function serviceError(type: string, status: number, headers: Record<string, string> = {}) {
  const $metadata: { httpStatusCode: number; clockSkewCorrected?: boolean } = { httpStatusCode: status };
  const $response = new HttpResponse({ statusCode: status, headers });
  return Object.assign(new Error('a message that counts for nothing'), {
    name: type,
    $fault: status < 500 ? 'client' : 'server',
    $metadata,
    $response,
  });
}

/** Fails with the errors in their order, then succeeds. */
function failing(errors: readonly Error[]): () => Promise<string> {
  const remaining = [...errors];
  return async () => {
    const error = remaining.shift();
    if (error) throw error;
    return 'page';
  };
}

async function givenUp(send: () => Promise<string>, retry: RetryContext): Promise<GivenUpError> {
  const error = await rejectionOf(sendWithRetry(send, retry));
  if (error instanceof GivenUpError) return error;
  throw error;
}

interface Settings {
  readonly answered?: boolean;
  readonly renewable?: boolean;
  readonly throttlePatienceMs?: number;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
}

function context({
  answered = false,
  renewable = false,
  throttlePatienceMs = 60_000,
  random = () => 0.9,
  signal = new AbortController().signal,
}: Settings = {}) {
  const counts = { attempts: 0, throttles: 0, slowDowns: 0, renewals: 0, pauses: [] as number[] };
  return Object.assign(counts, {
    policy: {
      requestTimeoutMs: 1_000,
      firstAttempts: 3,
      attempts: 6,
      throttlePatienceMs,
      baseDelayMs: 100,
      maxDelayMs: 1_000,
      maxRetryAfterMs: 60_000,
    },
    bucket: {
      requestsPerSecond: 25,
      take: async () => signal.throwIfAborted(),
      slowDown: () => {
        counts.slowDowns += 1;
      },
      pause: (ms: number) => {
        counts.pauses.push(ms);
      },
    },
    clock: new InstantClock(),
    random,
    signal,
    hasAnswered: () => answered,
    onAttempt: () => {
      counts.attempts += 1;
    },
    onThrottle: () => {
      counts.throttles += 1;
    },
    credentialsVersion: () => counts.renewals,
    renewCredentials: () => {
      counts.renewals += 1;
      return renewable;
    },
  });
}
