import { expect, test } from 'vitest';
import { levelOf } from '../../src/cli/log-sink.ts';
import type { Observation } from '../../src/observation.ts';

const request: Observation = {
  event: 'request',
  requestId: 'a',
  method: 'POST',
  operationType: 'query',
  operationName: undefined,
  role: 'anon',
  status: 200,
  codes: [],
  durationMs: 20,
  responseBytes: 10,
  rowsMatched: undefined,
  interpreted: undefined,
  snapshots: ['fresh'],
};

test.each<[string, Partial<typeof request>, number | undefined, string]>([
  ['a request is told at debug', {}, undefined, 'debug'],
  ['one that took as long as --slow-query-ms at warn', {}, 20, 'warn'],
  ['one that was faster at debug', {}, 21, 'debug'],
  ['one that failed at warn', { codes: ['SCAN_DENIED'] }, undefined, 'warn'],
])('%s', (_, facts, slowQueryMs, level) => {
  expect(levelOf({ ...request, ...facts }, slowQueryMs)).toBe(level);
});
