import type { Pace } from '../../columns/pace.ts';
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
  const ready = keys.length <= fewKeys ? readyRowFinder(view, columns) : undefined;
  return ready ? keys.map((key) => ready(key)) : findAll(view, columns, keys, pace);
}

/** How many keys are looked up in one go. */
const fewKeys = 256;

async function findAll(
  view: TableView,
  columns: readonly Column[],
  keys: readonly (readonly (Value | null)[])[],
  pace: Pace,
): Promise<readonly (readonly number[])[]> {
  const find = await rowFinder(view, columns, pace);
  const found: (readonly number[])[] = [];
  for (const key of keys) {
    found.push(find(key));
    if (pace.due) await pace.pause();
  }
  return found;
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
