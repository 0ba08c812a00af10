import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isTurnSpent } from '../../src/columns/turn.ts';
import { SnapshotBuilder } from '../../src/snapshot/builder.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { SnapshotRead } from '../../src/snapshot/snapshot-read.ts';
import { type SmallGateway, type SmallGatewayOptions, startSmallGateway } from '../limits/small-gateway.ts';
import { fields } from '../snapshot/records.ts';

let snapshot: Snapshot;
let gateway: SmallGateway;
/** Snapshots that requests hold. */
let held = 0;

beforeAll(async () => {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add([{ fields: ['ada', true, 0, null], attributes: [] }]);
  snapshot = await builder.finish({ startedAt: 0, pages: 1, requests: 1, throttles: 0, durationMs: 0 });
});

afterEach(() => gateway.close());

function lend(): SnapshotRead {
  held++;
  return { snapshot, state: 'fresh', ageMs: 0, maxAgeMs: 60_000, release: () => held-- };
}

async function start(options: SmallGatewayOptions) {
  gateway = await startSmallGateway(options);
}

describe('a snapshot is released', () => {
  test.each(['compiled', 'interpreted'] as const)('when the answer is there, %s', async (way) => {
    await start({ read: async () => lend() });
    const times = way === 'compiled' ? 3 : 1;
    for (let i = 0; i < times; i++) {
      await expect(gateway.ask('{ users { totalCount } }')).resolves.toMatchObject({
        data: { users: { totalCount: 1 } },
      });
      expect(held).toBe(0);
    }
    const { compiled, interpreted } = gateway.executor.runs;
    expect(way === 'compiled' ? compiled : interpreted.rare).toBeGreaterThan(0);
  });

  test('when it arrives after the deadline', async () => {
    let arrive = () => {};
    const late = new Promise<SnapshotRead>((resolve) => {
      arrive = () => resolve(lend());
    });
    await start({ read: () => late, limits: { requestTimeout: 20 } });
    await expect(gateway.ask('{ users { totalCount } }')).resolves.toMatchObject({ status: 503 });
    arrive();
    await late;
    await expect(gateway.ask('{ __typename }')).resolves.toMatchObject({ status: 200 });
    expect(held).toBe(0);
  });
});

test('requests that waited for the same scan go on in turns of their own', async () => {
  let arrive = () => {};
  const scan = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let waiting = 0;
  let turns = 0;
  let going = 0;
  await start({
    read: () => {
      waiting++;
      return scan.then(lend);
    },
    visibilityOf: () => {
      going++;
      while (!isTurnSpent());
      return 'all';
    },
  });
  const asking = Array.from({ length: 20 }, () => gateway.ask('{ users { totalCount } }'));
  while (waiting < 20) await pause(1);
  const count = () => {
    turns++;
    if (going < 20) setImmediate(count);
  };
  setImmediate(count);
  arrive();
  await Promise.all(asking);
  expect(turns).toBeGreaterThan(10);
});

describe('the deadline ends', () => {
  test.each([1, 3])('an operation that is asked for the time number %i', async (time) => {
    const signals: (AbortSignal | undefined)[] = [];
    let isStuck = false;
    await start({
      limits: { requestTimeout: 200 },
      slow: async (signal) => {
        signals.push(signal);
        if (isStuck) await new Promise(() => {});
      },
    });
    for (let i = 1; i < time; i++) await gateway.ask('{ slow }');
    isStuck = true;
    await expect(gateway.ask('{ slow }')).resolves.toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'REQUEST_TIMEOUT' } }],
    });
    expect(signals.at(-1)?.aborted).toBe(true);
  });
});

test.each([
  ['documents', 9_000, 0],
  ['variables', 0, 4_000],
])(
  'requests that wait keep only so much of large %s, and small ones are never refused',
  async (_what, written, sent) => {
    let arrive = () => {};
    const scan = new Promise<SnapshotRead>((resolve) => {
      arrive = () => resolve(lend());
    });
    await start({ read: () => scan });
    const large = (i: number) =>
      gateway.ask(
        `query q${i} { users(filter: { name: { in: [${'"a" '.repeat(written)}] } }) { totalCount } }`,
        { names: Array.from({ length: sent }, () => 'a name of thirty characters or so') },
      );
    const answers = Array.from({ length: 50 }, (_, i) => large(i));
    await expect(Promise.race(answers)).resolves.toMatchObject({ status: 503 });
    const small = gateway.ask('{ users { totalCount } }');
    await expect(gateway.ask('{ __typename }')).resolves.toMatchObject({ status: 200 });
    arrive();
    await expect(small).resolves.toMatchObject({ data: { users: { totalCount: 1 } } });
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    await expect(large(0)).resolves.toMatchObject({ status: 200 });
  },
);

test('large bodies are parsed when few requests that take long are under way', async () => {
  let release = () => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  let running = 0;
  await start({
    slow: () => {
      running++;
      return stuck;
    },
  });
  const variables = { text: 'x'.repeat(100_000) };
  const slow = [1, 2, 3].map((i) => gateway.ask(`query q${i} { slow }`, variables));
  while (running < 3) await gateway.ask('{ __typename }');
  let isParsed = false;
  const refused = gateway.ask('not GraphQL', variables).finally(() => {
    isParsed = true;
  });
  for (let i = 0; i < 10; i++) await gateway.ask('{ __typename }');
  expect(isParsed).toBe(false);
  release();
  await expect(refused).resolves.toMatchObject({ errors: [{ message: /Syntax Error/ }] });
  for (const { status } of await Promise.all(slow)) expect(status).toBe(200);
});
