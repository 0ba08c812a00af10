import type { TextColumn } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { sorted } from '../../columns/sort.ts';
import { type ByteSpan, compareRanges } from '../../values/bytes.ts';

/** How many bytes a double can hold exactly. */
const keyLength = 6;
/** The most rows that are sorted by comparing whole texts. */
const smallGroup = 32;

/** Rows from `from` up to `to` whose texts begin with the same `skip` bytes. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly skip: number;
}

/**
 * Sorts rows by their UTF-8 bytes, in place and stably. All of them must have a text. It sorts by a few bytes as a
 * number, then sorts the rows that agree in them by the bytes that follow.
 */
export async function sortByText(column: TextColumn, rows: Uint32Array, pace: Pace): Promise<void> {
  const groups: Group[] = [{ from: 0, to: rows.length, skip: 0 }];
  const compare = textComparer(column);
  const reader = column.reader();
  for (let group = groups.pop(); group; group = groups.pop()) {
    const { from, to, skip } = group;
    if (to - from <= smallGroup) {
      rows.set(Array.from(rows.subarray(from, to)).sort(compare), from);
      if (pace.due) await pace.pause();
      continue;
    }
    const part = rows.slice(from, to);
    const keys = new Float64Array(part.length);
    let longest = 0;
    await paced(part.length, pace, (i) => {
      reader.locate(part[i] ?? 0);
      keys[i] = prefixNumber(reader, skip);
      longest = Math.max(longest, reader.end - reader.start);
    });
    // Texts that agree up to their ends can differ only in trailing NULs, which sort like the end.
    const compareTied = longest <= skip + keyLength ? tiedBy(part, compare) : () => 0;
    const order = await sorted({ count: part.length, keys, compareTied }, pace);
    let start = 0;
    await paced(part.length, pace, (i) => {
      rows[from + i] = part[order[i] ?? 0] ?? 0;
      const isLast = i + 1 === part.length || keys[order[i + 1] ?? 0] !== keys[order[i] ?? 0];
      if (!isLast) return;
      if (i > start && longest > skip + keyLength) {
        groups.push({ from: from + start, to: from + i + 1, skip: skip + keyLength });
      }
      start = i + 1;
    });
  }
}

function tiedBy(rows: Uint32Array, compare: (a: number, b: number) => number) {
  return (a: number, b: number) => compare(rows[a] ?? 0, rows[b] ?? 0);
}

/** The bytes from `skip` on as a number by which texts sort. */
function prefixNumber({ bytes, start, end }: ByteSpan, skip: number): number {
  let key = 0;
  for (let at = start + skip; at < start + skip + keyLength; at++) {
    key = key * 256 + (at < end ? (bytes[at] ?? 0) : 0);
  }
  return key;
}

/** Compares two rows by their UTF-8 bytes. Both must have a value. */
export function textComparer(column: TextColumn): (a: number, b: number) => number {
  const reader = column.reader();
  const other = column.reader();
  return (a, b) => {
    reader.locate(a);
    other.locate(b);
    return compareRanges(reader.bytes, reader.start, reader.end, other.bytes, other.start, other.end);
  };
}
