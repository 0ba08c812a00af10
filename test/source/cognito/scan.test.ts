import { describe, expect, test, vi } from 'vitest';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import type { ScanProgress } from '../../../src/source/source.ts';
import { connect, makeUsers, poolId, recordOf, scanAll, serverAt, sorted, startPool } from './pool.ts';
import { startScriptedPool } from './scripted-pool.ts';

describe('a serial scan', () => {
  test.each([0, 1, 59, 60, 61, 120, 1_003])('reads all of %i users, as they are', async (count) => {
    const users = makeUsers(count);
    const { url } = await startPool(users);
    expect(sorted(await scanAll(connect(url)))).toEqual(sorted(users.map(recordOf)));
  });

  test('asks for 60 users a page and for nothing else but the next page', async () => {
    const pool = await startPool(makeUsers(150));
    await scanAll(connect(pool.url));
    const pages = pool.requests.filter(({ operation }) => operation === 'ListUsers');
    expect(pages).toHaveLength(3);
    for (const [i, { body }] of pages.entries()) {
      expect(body).toEqual({
        UserPoolId: poolId,
        Limit: 60,
        ...(i === 0 ? {} : { PaginationToken: expect.any(String) }),
      });
    }
  });

  test('reads the pool again each time', async () => {
    const pool = await startPool(makeUsers(61));
    const source = connect(pool.url);
    expect(await scanAll(source)).toHaveLength(61);
    pool.pool(poolId).push(...makeUsers(60, 'new'));
    expect(await scanAll(source)).toHaveLength(121);
  });

  test('asks for the next page while the consumer is busy with one', async () => {
    const pool = await startPool(makeUsers(180));
    const iterator = connect(pool.url)
      .scan(new AbortController().signal, () => {})
      [Symbol.asyncIterator]();
    await iterator.next();
    await vi.waitUntil(() => listUsersRequests(pool) === 3, 10_000);
    expect((await iterator.next()).done).toBe(false);
    await iterator.return?.();
  });

  test('reads no more than a few pages ahead of a consumer that is slow', async () => {
    const pool = await startPool(makeUsers(60 * 50));
    const iterator = connect(pool.url)
      .scan(new AbortController().signal, () => {})
      [Symbol.asyncIterator]();
    await iterator.next();
    // A scan that does not wait would be at its end as soon as this one is.
    await scanAll(connect(pool.url));
    expect(listUsersRequests(pool) - 50).toBeLessThan(10);
    await iterator.return?.();
  });
});

function listUsersRequests({ requests }: Emulator): number {
  return requests.filter(({ operation }) => operation === 'ListUsers').length;
}

describe('the progress of a scan', () => {
  test('is reported after every page and every throttle', async () => {
    const { url } = await startPool(makeUsers(1_200), { faults: { throttle: 0.3 } });
    const steps: ScanProgress[] = [];
    await scanAll(connect(url), (progress) => steps.push(progress));
    const last = steps.at(-1);
    expect(last).toMatchObject({ rows: 1_200, pages: 20 });
    expect(last?.throttles).toBeGreaterThan(0);
    expect(steps).toHaveLength((last?.pages ?? 0) + (last?.throttles ?? 0));
    expect(last?.requests).toBe(steps.length);
  });

  test('has the estimate of the pool', async () => {
    const { url } = await startPool(makeUsers(500), { latencyMs: 5 });
    const steps: ScanProgress[] = [];
    await scanAll(connect(url), (progress) => steps.push(progress));
    expect(steps.at(-1)?.estimatedRows).toBe(500);
  });

  test('lacks the estimate if that is not permitted', async () => {
    const pool = await startPool(makeUsers(500), { latencyMs: 5, describeAllowed: false });
    const steps: ScanProgress[] = [];
    expect(await scanAll(connect(pool.url), (progress) => steps.push(progress))).toHaveLength(500);
    expect(steps.at(-1)?.estimatedRows).toBeUndefined();
    expect(pool.requests.filter(({ operation }) => operation === 'DescribeUserPool')).toHaveLength(1);
  });

  test('does not wait for the estimate', async () => {
    const users = makeUsers(90).map((user) => ({ ...user }));
    const pool = await startScriptedPool(({ operation, body }) => {
      if (operation === 'DescribeUserPool') return new Promise(() => {});
      return body.PaginationToken === undefined
        ? { body: { Users: users.slice(0, 60), PaginationToken: 'more' } }
        : { body: { Users: users.slice(60) } };
    });
    expect(await scanAll(connect(pool.url))).toHaveLength(90);
    expect(pool.requests.map(({ operation }) => operation)).toContain('DescribeUserPool');
  });

  test('does not request an estimate if there is only one page', async () => {
    const pool = await startPool(makeUsers(60));
    await scanAll(connect(pool.url));
    expect(pool.requests).toHaveLength(1);
  });
});

test('the origin of a pool names the pool and its address, and no password', () => {
  const origin = (url: string, userPoolId = poolId) =>
    connect(url, { server: serverAt(url, { userPoolId }) }).origin;
  expect(origin('http://127.0.0.1:9229')).toBe(origin('http://user:hush@127.0.0.1:9229/'));
  expect(origin('http://user:hush@127.0.0.1:9229')).not.toContain('hush');
  expect(origin('http://127.0.0.1:9229')).not.toBe(origin('http://127.0.0.1:9230'));
  expect(origin('http://127.0.0.1:9229')).not.toBe(origin('http://127.0.0.1:9229', 'us-east-1_Other'));
});
