import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RequestPorts, RequestScope } from '../../src/graphql/request-scope.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import { SnapshotBuilder } from '../../src/snapshot/builder.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { SnapshotRead } from '../../src/snapshot/snapshot-read.ts';
import { sampleTable } from '../rows/sample-table.ts';
import { fields } from '../snapshot/records.ts';

const table = sampleTable(true);
const gone = new Error('the client has gone');

let snapshot: Snapshot;
/** Reads that have been asked for, in their order; each is answered by the test. */
let asked: { arrive: () => void }[];
/** Snapshots that are held at the moment. */
let held: number;
let client: AbortController;
let ports: RequestPorts;
let scope: RequestScope;

beforeEach(async () => {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add(['ada', 'bob', 'eve'].map((name) => ({ fields: [name, true, 0, null], attributes: [] })));
  snapshot = await builder.finish({ startedAt: 0, pages: 1, requests: 1, throttles: 0, durationMs: 0 });
  asked = [];
  held = 0;
  client = new AbortController();
  ports = {
    tryRead: () => undefined,
    read: (_table, signal) => askForRead(signal),
    visibilityOf: () => 'all',
    seal: new CursorSeal(),
  };
  scope = new RequestScope(ports, client);
});

afterEach(() => {
  scope.end();
  expect(held).toBe(0);
});

describe('snapshots', () => {
  test('tables on one object share one snapshot', async () => {
    const views = Promise.all([scope.view(table), scope.view({ ...table, name: 'other' })]);
    arrive();
    const [first, second] = await views;
    expect(first.store).toBe(second.store);
    expect(asked).toHaveLength(1);
    expect([...scope.scans.values()].map((scan) => scan.table.name)).toEqual(['sample', 'other']);
  });

  test('are held until the scope ends, and released once', async () => {
    const view = scope.view(table);
    arrive();
    await view;
    expect(held).toBe(1);
    scope.end();
    expect(held).toBe(0);
    scope.end();
    expect(held).toBe(0);
  });

  test('one that arrives after the end is released at once, and not returned', async () => {
    const view = scope.view(table);
    scope.end();
    arrive();
    await expect(view).rejects.toThrow('the request ended');
    expect(held).toBe(0);
  });

  test('one that arrives after the client has gone is released at once', async () => {
    ports = { ...ports, read: () => askForRead(new AbortController().signal) };
    scope = new RequestScope(ports, client);
    const view = scope.view(table);
    client.abort(gone);
    arrive();
    await expect(view).rejects.toBe(gone);
    expect(held).toBe(0);
  });

  test('the wait for one ends with the signal', async () => {
    const view = scope.view(table);
    client.abort(gone);
    await expect(view).rejects.toBe(gone);
  });
});

describe('keys', () => {
  test('of one level are found together', async () => {
    const rows = Promise.all(
      ['bob', 'nobody', 'ada'].map((name) => scope.rowsByKey(table, table.key, [name])),
    );
    await nextTurn();
    arrive();
    expect(await rows).toEqual([[1], [], [0]]);
    expect(asked).toHaveLength(1);
  });

  test('of rows that a policy hides are not found', async () => {
    const filter = await scope.plannedFilter(table, { [table.key[0]?.fieldName ?? '']: { eq: 'ada' } });
    if (!filter) throw new Error('the filter is empty');
    const names = [['bob'], ['ada']];
    for (const [visibility, found] of [
      [{ filter }, [[], [0]]],
      ['none', [[], []]],
      ['all', [[1], [0]]],
    ] as const) {
      const restricted = new RequestScope({ ...ports, visibilityOf: () => visibility }, client);
      const rows = restricted.rowsByKeys(table, table.key, names);
      arrive();
      expect(await rows).toEqual(found);
      restricted.end();
    }
  });

  test('are no longer looked up once the signal is aborted', async () => {
    const view = scope.view(table);
    arrive();
    await view;
    const keys = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
    const rows = scope.rowsByKeys(table, table.key, keys);
    client.abort(gone);
    await expect(rows).rejects.toBe(gone);
  });
});

test('the visibility of a table is determined once', () => {
  let questions = 0;
  const visibilityOf = (): 'none' => {
    questions++;
    return 'none';
  };
  scope = new RequestScope({ ...ports, visibilityOf }, client);
  expect(scope.seesAll(table)).toBe(false);
  expect(scope.visible(table, undefined)).toBe('none');
  expect(questions).toBe(1);
});

function askForRead(signal: AbortSignal): Promise<SnapshotRead> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    asked.push({ arrive: () => resolve(lend(snapshot)) });
  });
}

function arrive(): void {
  asked.at(-1)?.arrive();
}

function lend(lent: Snapshot): SnapshotRead {
  held++;
  return { snapshot: lent, state: 'fresh', ageMs: 0, maxAgeMs: 60_000, release: () => held-- };
}

describe('the filter of a collection', () => {
  test('is shared by all parents with the same argument', async () => {
    const variable = { name: { like: '%a%' } };
    const asked = [variable, variable, { name: { like: '%a%' } }, { name: { like: '%b%' } }];
    const [first, ...others] = await Promise.all(asked.map((input) => scope.plannedFilter(table, input)));
    expect(first).toMatchObject({ kind: 'match', pattern: '%a%' });
    expect(others.map((filter) => filter === first)).toEqual([true, true, false]);
  });

  test('is undefined if it is empty', async () => {
    for (const input of [undefined, null, {}]) {
      expect(await scope.plannedFilter(table, input)).toBeUndefined();
    }
  });

  test('is rejected for every parent if it is invalid', async () => {
    for (let i = 0; i < 2; i++) {
      await expect(scope.plannedFilter(table, { nobody: {} })).rejects.toThrow(
        'filter: sample has no field "nobody"',
      );
    }
  });
});
