import { expect, test } from 'vitest';
import { AnswerMeters } from '../../src/http/answer-meter.ts';
import { resolveLimits } from '../../src/limits/limits.ts';

function open(responseBytes: number) {
  const ends: unknown[] = [];
  const meters = new AnswerMeters(resolveLimits({ responseBytes }));
  return { meters, ends, meter: meters.open((reason) => ends.push(reason)) };
}

function errorOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('all further fields of an answer that is too large fail with the same error, which ends the request once', () => {
  const { meter, ends } = open(1_000);
  const first = errorOf(() => meter.build(1_001));
  expect(first).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
  expect(errorOf(() => meter.build(1))).toBe(first);
  expect(errorOf(() => meter.write(1))).toBe(first);
  expect(ends).toEqual([first]);
});

test('work that goes on after the request has ended is stopped, and counts no more', () => {
  const { meters, meter, ends } = open(1_000);
  meter.build(100);
  expect(meters.held).toBeGreaterThanOrEqual(100);
  meter.release();
  expect(errorOf(() => meter.build(1))).toMatchObject({ message: 'the request has ended' });
  expect(meters.held).toBe(0);
  expect(ends).toEqual([]);
});
