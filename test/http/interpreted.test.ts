import { afterEach, expect, test } from 'vitest';
import { requestsStatus } from '../../src/admin/status.ts';
import type { InterpretedReason } from '../../src/observation.ts';
import { type SmallGateway, startSmallGateway } from '../limits/small-gateway.ts';

let gateway: SmallGateway;

afterEach(() => gateway.close());

const users = '{ users { totalCount } }';
/** Friends of friends: a few fields that fragments multiply to hundreds. */
const large = `{ user(id: 1) { ...F0 } } ${Array.from(
  { length: 6 },
  (_, i) => `fragment F${i} on User { a: friend { ...F${i + 1} } b: friend { ...F${i + 1} } }`,
).join(' ')} fragment F6 on User { id name }`;

/** Asks four times, by when everything is compiled that can be. */
async function askRepeatedly(query: string): Promise<void> {
  for (let i = 0; i < 4; i++) await gateway.ask(query);
}

test.each<[InterpretedReason, string, number]>([
  ['rare', users, 1],
  ['introspection', '{ __schema { queryType { name } } }', 4],
  ['too-large', large, 4],
  ['unsupported', '{ slow }', 3],
  ['error', '{ users(first: -1) { totalCount } }', 3],
])('an operation is interpreted because it is %s, and is counted so', async (reason, query, count) => {
  gateway = await startSmallGateway();
  await askRepeatedly(query);
  const { compiled, interpreted } = gateway.executor.runs;
  expect(interpreted[reason]).toBe(count);
  const { interpreted: total, interpretedBecause } = requestsStatus(0, gateway.executor.runs);
  expect(total + compiled).toBe(4);
  expect(interpretedBecause).toEqual(interpreted);
});

test('an operation that may return many nodes is compiled for a single run, and not kept', async () => {
  gateway = await startSmallGateway();
  const { executor } = gateway;
  await gateway.ask('{ users { edges { node { id } } } }');
  expect(executor.runs.interpreted.rare).toBe(1);
  await gateway.ask(
    '{ users { edges { node { friends { edges { node { friends { edges { node { id } } } } } } } } } }',
  );
  expect(executor.runs).toMatchObject({ compiled: 1, interpreted: { rare: 1 } });
  expect(executor.size.entries).toBe(0);
});

test('compiled code that fails where the interpreter answers is reported, and the client gets the answer', async () => {
  let isBroken = false;
  gateway = await startSmallGateway({
    visibilityOf: () => {
      if (!isBroken) return 'all';
      isBroken = false;
      throw new TypeError('broken');
    },
  });
  await gateway.ask(users);
  isBroken = true;
  await expect(gateway.ask(users)).resolves.toMatchObject({ data: { users: { totalCount: 1 } } });
  expect(gateway.executor.runs.interpreted.failed).toBe(1);
  expect(gateway.observations).toEqual([
    { event: 'compiled-failed', operationName: undefined, error: expect.any(TypeError) },
  ]);
});
