/**
 * What queries of a large snapshot take: milliseconds of work, and the longest time for which they hold the event
 * loop. What is built on first use is timed apart.
 *
 * `tsx bench/query.ts [--users 1000000] [--only PART-OF-A-NAME]`
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Pace } from '../src/columns/pace.ts';
import type { Column, Table } from '../src/model/model.ts';
import { aggregateRows } from '../src/rows/aggregate/aggregate.ts';
import type { Filter } from '../src/rows/filter/filter.ts';
import { encodeCursor } from '../src/rows/page/cursor-and-node-id.ts';
import { CursorSeal } from '../src/rows/page/cursor-seal.ts';
import { findRows, type OrderKey, queryRows, type RowQuery } from '../src/rows/query.ts';
import { readText } from '../src/rows/store/raw-text.ts';
import { TableView } from '../src/rows/store/view.ts';
import { SnapshotBuilder } from '../src/snapshot/builder.ts';
import type { SourceRecord } from '../src/source/source.ts';
import type { ScalarKind } from '../src/values/type/sql-type.ts';

const { values } = parseArgs({
  options: { users: { type: 'string', default: '1000000' }, only: { type: 'string', default: '' } },
});

const names = ['Marta', 'Xaver', 'Jane', 'Li', 'Olu', 'Zoë', 'Kim', 'Max', 'Ana', 'Bo'];
const statuses = [
  'CONFIRMED',
  'CONFIRMED',
  'CONFIRMED',
  'UNCONFIRMED',
  'FORCE_CHANGE_PASSWORD',
  'EXTERNAL_PROVIDER',
];

const username = column('username', 'text', 'field');
const enabled = column('enabled', 'bool', 'field');
const createdAt = column('created_at', 'timestamp', 'field');
const status = column('status', 'text', 'field');
const email = column('email', 'text', 'attribute');
const sub = column('sub', 'uuid', 'attribute');
const name = column('name', 'text', 'attribute');
const age = column('age', 'int4', 'attribute');
const balance = column('balance', 'numeric', 'attribute');

const table: Table = {
  schema: 'cognito',
  name: 'users',
  typeName: 'users',
  description: undefined,
  server: 'server',
  object: 'users',
  columns: [username, enabled, createdAt, status, email, sub, name, age, balance],
  key: [username],
  totalCount: true,
  aggregate: true,
  maxRows: 30,
  scanAs: undefined,
  countRows: false,
  freshness: { maxAgeMs: undefined, staleWhileRevalidateMs: undefined, refreshMs: undefined },
  relations: [],
  policies: undefined,
};

await run(Number(values.users));

async function run(users: number): Promise<void> {
  const view = new TableView(await buildStore(users), table, new CursorSeal());
  const middle = Math.floor(users / 2);
  const textAt = (column: Column, row: number) => readText(view.store, column.origin, row) ?? '';
  const someone = textAt(username, middle);
  const page = { limit: 20, offset: 0, cursor: undefined, backward: false };
  const ask = (query: Partial<RowQuery>) => () =>
    queryRows(
      view,
      {
        filter: undefined,
        order: [ascending(username)],
        page,
        wanted: { totalCount: true, pageInfo: true },
        ...query,
      },
      new Pace(),
    );
  const eq = (column: Column, value: string | boolean): Filter => ({
    kind: 'compare',
    column,
    operator: 'eq',
    value,
  });
  const match = (
    operator: 'ilike' | 'like' | 'regex' | 'iregex' | 'startsWith',
    pattern: string,
    column = email,
  ): Filter => ({
    kind: 'match',
    column,
    operator,
    pattern,
  });
  const emails = Array.from({ length: 10_000 }, (_, i) => textAt(email, (i * 97) % users));
  const byEmail = [ascending(email), ascending(username)];

  await measure('key lookup', 1000, () => findRows(view, [username], [[someone]], new Pace()));
  await measure('500 key lookups at once', 20, () =>
    findRows(
      view,
      [username],
      emails.slice(0, 500).map((_, i) => [textAt(username, (i * 1999) % users)]),
      new Pace(),
    ),
  );
  await measure('first page in key order', 500, ask({}));
  await measure('page after a cursor in key order', 500, ask({ page: { ...page, cursor: [someone] } }));
  await measure('last page in key order', 500, ask({ page: { ...page, backward: true } }));
  await measure('status = (dictionary), counted', 20, ask({ filter: eq(status, 'CONFIRMED') }));
  await measure(
    'status = (dictionary), first page only',
    100,
    ask({ filter: eq(status, 'ARCHIVED'), wanted: { totalCount: false, pageInfo: false } }),
  );
  await measure(
    'enabled = and status =, counted',
    20,
    ask({ filter: { kind: 'and', filters: [eq(enabled, true), eq(status, 'CONFIRMED')] } }),
  );
  await measure(
    'created_at >, counted',
    20,
    ask({ filter: { kind: 'compare', column: createdAt, operator: 'gt', value: 1_650_000_000_000_000n } }),
  );
  await measure('email = (scan)', 20, ask({ filter: eq(email, emails[5] ?? '') }));
  await measure(
    'email in 10,000, counted',
    10,
    ask({ filter: { kind: 'in', column: email, values: emails } }),
  );
  await measure("email ilike '%x%', counted", 20, ask({ filter: match('ilike', '%x%') }));
  await measure("email ilike '%marta.7%', counted", 20, ask({ filter: match('ilike', '%marta.7%') }));
  await measure("email like '%@example.org', counted", 20, ask({ filter: match('like', '%@example.org') }));
  await measure("name ilike '%x%' (dictionary), counted", 20, ask({ filter: match('ilike', '%x%', name) }));
  await measure("email regex 'x.*[0-9]{3}@', counted", 5, ask({ filter: match('regex', 'x.*[0-9]{3}@') }));
  await measure("email iregex 'MARTA', counted", 5, ask({ filter: match('iregex', 'MARTA') }));
  await measure('sub =: first use', 1, ask({ filter: eq(sub, textAt(sub, 7)) }));
  await measure('sub = (scan)', 10, ask({ filter: eq(sub, textAt(sub, 7)) }));
  await measure('filter and order by email', 10, ask({ filter: eq(status, 'CONFIRMED'), order: byEmail }));
  const never = (filter: (i: number) => Filter, query: Partial<RowQuery> = {}) => {
    const isCounted = query.wanted ?? { totalCount: true, pageInfo: true };
    return (i: number) => ask({ ...query, wanted: isCounted, filter: filter(i) })();
  };
  const instant = (i: number) => BigInt(1_600_000_000 + i * 98_765) * 1_000_000n;
  await measure(
    'never seen: email = x',
    200,
    never((i) => eq(email, emails[i * 7] ?? '')),
  );
  await measure(
    "never seen: email ilike '%x%', counted",
    50,
    never((i) => match('ilike', `%${i}a%`)),
  );
  await measure(
    'never seen: created_at > x, counted',
    200,
    never((i) => ({ kind: 'compare', column: createdAt, operator: 'gt', value: instant(i) })),
  );
  await measure(
    'never seen: status = x and created_at > y, counted',
    200,
    never((i) => ({
      kind: 'and',
      filters: [
        eq(status, 'CONFIRMED'),
        { kind: 'compare', column: createdAt, operator: 'gt', value: instant(i) },
      ],
    })),
  );
  await measure(
    'never seen: created_at > x, counted, by email',
    50,
    never((i) => ({ kind: 'compare', column: createdAt, operator: 'gt', value: instant(500 + i) }), {
      order: byEmail,
    }),
  );
  await measure('order by email: first use', 1, ask({ order: byEmail }));
  await measure('order by email', 200, ask({ order: byEmail }));
  await measure(
    'filter and order by email, ordered before',
    10,
    ask({ filter: eq(status, 'CONFIRMED'), order: byEmail }),
  );
  await measure(
    'filter and order by email, offset 100,000',
    10,
    ask({ filter: eq(status, 'CONFIRMED'), order: byEmail, page: { ...page, offset: 100_000 } }),
  );
  await measure('order by status, email: first use', 1, ask({ order: [ascending(status), ...byEmail] }));
  await measure(
    'order by created_at: first use',
    1,
    ask({ order: [ascending(createdAt), ascending(username)] }),
  );
  await measure('rows by email: first use', 1, () =>
    findRows(view, [email], [[emails[5] ?? '']], new Pace()),
  );
  await measure('rows by email', 1000, () => findRows(view, [email], [[emails[6] ?? '']], new Pace()));
  await measure(
    'age >= 30 (derived): first use',
    1,
    ask({ filter: { kind: 'compare', column: age, operator: 'gte', value: 30 } }),
  );
  await measure(
    'age >= 30, counted',
    20,
    ask({ filter: { kind: 'compare', column: age, operator: 'gte', value: 30 } }),
  );
  await measure(
    'balance = (derived numeric): first use',
    1,
    ask({ filter: { kind: 'isNull', column: balance, negated: true } }),
  );
  await measure('sum and avg of balance', 5, () =>
    aggregateRows(view, { filter: undefined, min: [], max: [], sum: [balance], avg: [balance] }, new Pace()),
  );
  await measure('cursors of 1,000 rows', 20, async () => {
    for (let row = 0; row < 1000; row++) encodeCursor(view, byEmail, row);
  });
}

function ascending(column: Column): OrderKey {
  return { column, direction: 'asc', nulls: 'last' };
}

/**
 * Runs a query some times: the median, the processor time that each took in the mean (which other programs on the
 * machine do not lengthen, and garbage collection in other threads does), and the longest delay of the event loop
 * while all of them ran.
 */
async function measure(name: string, times: number, ask: (time: number) => unknown): Promise<void> {
  if (!name.includes(values.only) && !name.includes('first use')) return;
  if (times > 1) await ask(times);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const took: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await ask(i);
    took.push(performance.now() - began);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(cpu);
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  took.sort((a, b) => a - b);
  const median = took[Math.floor(took.length / 2)] ?? 0;
  const line = [
    name.padEnd(48),
    `${median.toFixed(3)} ms`.padStart(14),
    `${((user + system) / 1000 / times).toFixed(3)} ms`.padStart(14),
    `${(delay.max / 1e6).toFixed(1)} ms`.padStart(10),
  ];
  process.stdout.write(`${line.join(' ')}\n`);
}

async function buildStore(users: number) {
  const builder = new SnapshotBuilder({
    fields: [
      { name: 'username', type: 'text' },
      { name: 'enabled', type: 'boolean' },
      { name: 'created_at', type: 'timestamp' },
      { name: 'status', type: 'text' },
    ],
    needs: 'all',
  });
  for (let from = 0; from < users; from += 60) {
    builder.add(Array.from({ length: Math.min(60, users - from) }, (_, i) => toRecord(from + i)));
  }
  const began = performance.now();
  const store = await builder.finish({ startedAt: 0, pages: 0, requests: 0, throttles: 0, durationMs: 0 });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `${users} users in ${Math.round(store.byteLength / 1e6)} MB, finished in ${seconds} s\n\n`,
  );
  process.stdout.write(
    `${''.padEnd(48)} ${'median'.padStart(14)} ${'processor'.padStart(14)} ${'delay'.padStart(10)}\n`,
  );
  return store;
}

function toRecord(i: number): SourceRecord {
  // Users arrive in no order: a multiplier without common factors visits every number below a power of two.
  const n = Math.imul(i, 0x9e3779b1) >>> 0;
  const name = names[n % names.length] ?? '';
  const hex = n.toString(16).padStart(8, '0');
  return {
    fields: [
      `${name.toLowerCase()}-${hex}`,
      n % 13 !== 0,
      1_600_000_000_000 + (n % 100_000_000) * 1000,
      i % 50_000 === 0 ? 'ARCHIVED' : (statuses[n % statuses.length] ?? null),
    ],
    attributes: [
      ['sub', `${hex}-7a52-4000-8000-${hex}${hex.slice(4)}`],
      ['email', `${name.toLowerCase()}.${n % 9973}.${hex}@example.${n % 3 === 0 ? 'org' : 'com'}`],
      ['name', `${name} ${names[(n >>> 8) % names.length]}`],
      ['age', String(n % 90)],
      ['balance', `${n % 1_000_000}.${String(n % 100).padStart(2, '0')}`],
    ],
  };
}

function column(name: string, kind: ScalarKind, origin: 'field' | 'attribute'): Column {
  return {
    name,
    fieldName: name,
    description: undefined,
    type: { kind },
    notNull: false,
    origin: origin === 'field' ? { kind: 'field', field: name } : { kind: 'attribute', attribute: name },
  };
}
