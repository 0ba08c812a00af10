import { newCodes } from '../../columns/codes.ts';
import type { Column, RankedColumn } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { compareText } from '../../values/text-order.ts';
import { textAt } from './merge-text.ts';
import { eachRun, type RowOrigins } from './row-origins.ts';

/** Merges the dictionaries, without values that no row has any more, and translates the codes. */
export async function mergeRanked(
  kept: RankedColumn,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<RankedColumn> {
  const used = new Uint8Array(kept.values.length + 1);
  await eachRun(origins, pace, ({ side, from, length }) => {
    if (side === 'kept') for (let i = from; i < from + length; i++) used[kept.codes[i] ?? 0] = 1;
  });
  const texts = new Set<string>();
  await paced(origins.addedCount, pace, (row) => {
    const text = textAt(added, row);
    if (text !== null) texts.add(text);
  });
  const usedValues: string[] = [];
  const known = new Set<unknown>();
  await paced(kept.values.length, pace, (place) => {
    const value = kept.values[place];
    known.add(value);
    if (used[place + 1] === 1 || texts.has(String(value))) usedValues.push(String(value));
  });
  const news: string[] = [];
  for (const text of texts) {
    if (!known.has(text)) news.push(text);
    if (pace.due) await pace.pause();
  }
  const values = await mergeSorted(usedValues, await sortTexts(news, pace), pace);
  const places = new Map<string, number>();
  await paced(values.length, pace, (place) => places.set(values[place] ?? '', place + 1));
  const translated = new Uint32Array(kept.values.length + 1);
  await paced(kept.values.length, pace, (place) => {
    translated[place + 1] = places.get(String(kept.values[place])) ?? 0;
  });
  const codeOf = (row: number) => {
    const text = textAt(added, row);
    return text === null ? 0 : (places.get(text) ?? 0);
  };
  const codes = newCodes(origins.rowCount, values.length);
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    for (let i = 0; i < length; i++) {
      const code = side === 'kept' ? translated[kept.codes[from + i] ?? 0] : codeOf(from + i);
      codes[row + i] = code ?? 0;
    }
  });
  return { encoding: 'ranked', codes, values };
}

/** So many texts are sorted in well under a millisecond. */
const sortedAtOnce = 512;

async function sortTexts(texts: readonly string[], pace: Pace): Promise<readonly string[]> {
  if (texts.length <= sortedAtOnce) return texts.toSorted(compareText);
  const middle = texts.length >> 1;
  const first = await sortTexts(texts.slice(0, middle), pace);
  const second = await sortTexts(texts.slice(middle), pace);
  return mergeSorted(first, second, pace);
}

async function mergeSorted(a: readonly string[], b: readonly string[], pace: Pace): Promise<string[]> {
  const merged: string[] = [];
  let fromA = 0;
  let fromB = 0;
  await paced(a.length + b.length, pace, () => {
    const [nextA, nextB] = [a[fromA], b[fromB]];
    const takesA = nextA !== undefined && (nextB === undefined || compareText(nextA, nextB) < 0);
    merged.push((takesA ? a[fromA++] : b[fromB++]) ?? '');
  });
  return merged;
}
