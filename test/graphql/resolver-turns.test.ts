import { expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { ResolverTurns } from '../../src/graphql/resolver-turns.ts';
import { mostInOneTurn } from './turns.ts';

const duePace = (signal: AbortSignal) => new Pace({ sliceMs: 0, signal });
const numbers = Array.from({ length: 100 }, (_, i) => i);

test('a few resolvers go on at once, one after the other', async () => {
  const turns = new ResolverTurns(duePace(new AbortController().signal));
  expect(numbers.slice(0, 16).map(() => turns.next())).toEqual(Array(16).fill(undefined));
});

test('many go on in their order, and no more of them at once than a portion', async () => {
  const turns = new ResolverTurns(duePace(new AbortController().signal));
  const done: number[] = [];
  const resolvers = numbers.map(async (number) => {
    await turns.next();
    done.push(number);
  });
  const most = await mostInOneTurn(() => done.length, numbers.length);
  await Promise.all(resolvers);
  expect(done).toEqual(numbers);
  expect(most).toBeLessThanOrEqual(16);
});

test('those that fail together do not go on together', async () => {
  const turns = new ResolverTurns(duePace(new AbortController().signal));
  const failure = Promise.reject(new Error('no such cursor'));
  let failed = 0;
  const resolvers = numbers.map(() => turns.after(failure).catch(() => failed++));
  const most = await mostInOneTurn(() => failed, numbers.length);
  await Promise.all(resolvers);
  expect(most).toBeLessThanOrEqual(16);
});

test('a later resolver goes on at once when no other waits', async () => {
  const turns = new ResolverTurns(duePace(new AbortController().signal));
  await Promise.all(numbers.map(() => turns.next()));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(turns.next()).toBeUndefined();
});

test('those that wait when the request ends are told why, in portions', async () => {
  const client = new AbortController();
  const turns = new ResolverTurns(duePace(client.signal));
  const waiting = numbers.map(() => turns.next()).filter((turn) => turn !== undefined);
  const gone = new Error('the client is gone');
  client.abort(gone);
  let told = 0;
  const outcomes = waiting.map((turn) => turn.catch((reason: unknown) => ++told && reason));
  const most = await mostInOneTurn(() => told, waiting.length);
  expect(await Promise.all(outcomes)).toEqual(Array(numbers.length - 16).fill(gone));
  expect(most).toBeLessThanOrEqual(16);
});
