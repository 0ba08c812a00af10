import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { type SmallGateway, type SmallGatewayOptions, startSmallGateway } from '../limits/small-gateway.ts';
import { smallSnapshot } from '../limits/small-schema.ts';

let gateway: SmallGateway;
/** What the gateway reads at the moment. */
let snapshot: Snapshot;

afterEach(() => gateway.close());

async function start(options: SmallGatewayOptions = {}) {
  snapshot = await smallSnapshot();
  const tryRead = () =>
    ({ snapshot, state: 'fresh', ageMs: 0, maxAgeMs: 60_000, release: () => undefined }) as const;
  gateway = await startSmallGateway({ tryRead, read: async () => tryRead(), ...options });
}

const query = 'query($id: ID!) { user(id: $id) { name } users { totalCount } }';
const ada = { data: { user: { name: 'Ada' }, users: { totalCount: 1 } } };

/** Asks often enough that the answer is remembered. */
async function askAgainAndAgain(id = '1') {
  for (let time = 0; time < 5; time++) await gateway.ask(query, { id });
}

describe('an answer that is asked for again and again', () => {
  test('is remembered, and stays the same', async () => {
    await start();
    await askAgainAndAgain();
    expect(gateway.executor.answers.size.entries).toBe(1);
    const execute = vi.spyOn(gateway.executor, 'execute');
    expect(await gateway.ask(query, { id: '1' })).toMatchObject(ada);
    expect(execute).not.toHaveBeenCalled();
  });

  test('is another for other variables', async () => {
    await start();
    await askAgainAndAgain();
    await askAgainAndAgain('2');
    expect(gateway.executor.answers.size.entries).toBe(2);
    expect(await gateway.ask(query, { id: '2' })).toMatchObject({ data: { user: null } });
    expect(await gateway.ask(query, { id: '1' })).toMatchObject(ada);
  });

  test('is another when the snapshot is another', async () => {
    await start();
    await askAgainAndAgain();
    snapshot = await smallSnapshot('Grace');
    expect(await gateway.ask(query, { id: '1' })).toMatchObject({ data: { user: { name: 'Grace' } } });
  });

  test('is not remembered where a policy hides rows', async () => {
    await start({ visibilityOf: () => 'none' });
    await askAgainAndAgain();
    expect(gateway.executor.answers.size.entries).toBe(0);
    expect(await gateway.ask(query, { id: '1' })).toMatchObject({ data: { user: null } });
  });

  test('is not given to a caller from whom a policy hides rows', async () => {
    let hides = false;
    await start({ visibilityOf: () => (hides ? 'none' : 'all') });
    await askAgainAndAgain();
    hides = true;
    expect(await gateway.ask(query, { id: '1' })).toMatchObject({
      data: { user: null, users: { totalCount: 0 } },
    });
  });

  test('is not remembered when it was asked for once', async () => {
    await start();
    await askAgainAndAgain();
    for (let i = 10; i < 20; i++) await gateway.ask(query, { id: String(i) });
    expect(gateway.executor.answers.size.entries).toBe(1);
  });
});

describe('the tag of an answer to GET', () => {
  const get = (headers: Record<string, string> = {}, text = '{ users { totalCount } }') =>
    fetch(`${gateway.url}?query=${encodeURIComponent(text)}`, {
      headers: { 'graphql-preflight': '1', accept: 'application/json', ...headers },
    });

  test('is the same as long as the answer is, however it comes about', async () => {
    await start();
    const tags = new Set<string | null>();
    for (let time = 0; time < 5; time++) tags.add((await get()).headers.get('etag'));
    expect(tags.size).toBe(1);
    expect([...tags][0]).toMatch(/^W\/"[\w-]+"$/);
  });

  test('saves the client who has it the answer', async () => {
    await start();
    const etag = (await get()).headers.get('etag') ?? '';
    const again = await get({ 'if-none-match': `"other", ${etag}` });
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toBe('public, max-age=60');
    expect(await again.text()).toBe('');
  });

  test('is another for other rows and for another media type', async () => {
    await start();
    const etag = (await get()).headers.get('etag') ?? '';
    const other = await get({ 'if-none-match': etag }, '{ users { edges { node { name } } } }');
    expect(other.status).toBe(200);
    const accept = 'application/graphql-response+json';
    expect((await get({ 'if-none-match': etag, accept })).status).toBe(200);
  });

  test('is none where there is an error', async () => {
    await start();
    const response = await get({}, '{ fails }');
    expect(response.headers.has('etag')).toBe(false);
  });
});
