import { type Pace, type Steps, takeReadySteps, takeSteps } from '../../columns/pace.ts';
import type { Ready } from '../../columns/ready.ts';
import type { Column } from '../../model/model.ts';
import { Utf8Text } from '../../values/utf8-text.ts';
import type { Value } from '../../values/value.ts';
import { findAscending } from '../store/ascending-texts.ts';
import { toText } from '../store/probe.ts';
import type { RowIndex } from '../store/store-cache.ts';
import type { TypedColumn } from '../store/typed-column.ts';
import { columnKey, type TableView } from '../store/view.ts';
import { HashIndex } from './hash-index.ts';

/**
 * The rows whose columns equal each key by SQL's equality (nothing equals null), in ascending order. They are found by an
 * index that is built once per store, so that further keys cost next to nothing.
 *
 * @param pace of the request; its signal aborts the search
 */
export function findRows(
  view: TableView,
  columns: readonly Column[],
  keys: readonly (readonly (Value | null)[])[],
  pace: Pace,
): Ready<readonly (readonly number[])[]> {
  const ready = readyRowFinder(view, columns);
  if (!ready) return rowFinder(view, columns, pace).then((find) => takeSteps(findEach(find, keys), pace));
  return takeReadySteps(findEach(ready, keys), pace);
}

/** How many keys are looked up, or rows found, between two checks of the clock. */
const keyStride = 64;
const rowStride = 4_096;

/** Equal keys share a list of rows: thousands of keys may be equal, and a list may be as long as the table. */
function* findEach(
  find: RowFinder,
  keys: readonly (readonly (Value | null)[])[],
): Steps<readonly (readonly number[])[]> {
  const long = new Map<string, readonly number[]>();
  const found: (readonly number[])[] = [];
  let rows = 0;
  for (const key of keys) {
    if (rows > rowStride || found.length % keyStride === keyStride - 1) {
      rows = 0;
      yield;
    }
    const text = long.size > 0 ? keyText(key) : undefined;
    const known = text === undefined ? undefined : long.get(text);
    const list = known ?? find(key);
    found.push(list);
    if (known || list.length <= 1) continue;
    rows += list.length;
    long.set(text ?? keyText(key), list);
  }
  return found;
}

/** The same text for the same values. */
export function keyText(key: readonly (Value | null)[]): string {
  return key.map(describeValue).join('\u0000');
}

function describeValue(value: Value | null): string {
  if (value === null) return 'n';
  return `${typeof value}:${typeof value === 'object' ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) : String(value)}`;
}

/** Finds the rows that have a key. */
export type RowFinder = (key: readonly (Value | null)[]) => readonly number[];

/** A finder of rows by these columns. Its index is built on first use. */
export async function rowFinder(view: TableView, columns: readonly Column[], pace: Pace): Promise<RowFinder> {
  return (
    readyRowFinder(view, columns) ??
    finderBy(
      await view.cache.rowIndexes.get(indexKey(columns), pace, (shared) => buildIndex(view, columns, shared)),
    )
  );
}

/** A finder of rows by these columns, if their index has been built. */
export function readyRowFinder(view: TableView, columns: readonly Column[]): RowFinder | undefined {
  const [first, ...others] = columns;
  if (first && others.length === 0 && view.isIdentity(first))
    return ([value]) => findIdentity(view, value ?? null);
  const index = view.cache.rowIndexes.peek(indexKey(columns));
  return index && finderBy(index);
}

function finderBy(index: RowIndex): RowFinder {
  return (key) => index.rowsOf(key);
}

function indexKey(columns: readonly Column[]): string {
  return JSON.stringify(columns.map((column) => columnKey(column)));
}

async function buildIndex(view: TableView, columns: readonly Column[], pace: Pace): Promise<HashIndex> {
  const typed: TypedColumn[] = [];
  for (const column of columns) typed.push(await view.typed(column, pace));
  return HashIndex.build(typed, view.store.rowCount, pace);
}

function findIdentity({ store: { identity } }: TableView, value: Value | null): readonly number[] {
  if (value === null) return [];
  wanted.set(toText(value));
  const { index, found } = findAscending(identity, wanted.bytes, wanted.end);
  return found ? [index] : [];
}

const wanted = new Utf8Text();
