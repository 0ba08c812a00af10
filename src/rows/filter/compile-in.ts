import type { RankedColumn } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import type { Value } from '../../values/value.ts';
import { codesEqualTo, toInstant, toText } from '../store/probe.ts';
import type { TypedColumn } from '../store/typed-column.ts';
import { isAmong } from './byte-tests.ts';
import type { InFilter } from './filter.ts';
import { numberAmong } from './number-predicate.ts';
import { always, never, type Predicate, wholeBlock } from './predicate.ts';
import { codeMarked } from './ranked-predicate.ts';
import { bytesTested } from './text-predicate.ts';
import { smallestForm } from './text-spans.ts';

/** Compiles `= any (values)`. */
export async function compileIn(
  { data, type }: TypedColumn,
  { values }: InFilter,
  negated: boolean,
  pace: Pace,
): Promise<Predicate> {
  if (values === null) return never;
  // With no values nothing is compared, so that not even a NULL makes the result unknown.
  if (values.length === 0) return negated ? always : never;
  const known = values.filter((value) => value !== null);
  // What equals none of the other values might equal the unknown one.
  if (negated && known.length < values.length) return never;
  switch (data.encoding) {
    case 'ranked':
      return codeMarked(data, await marks(data, known, type, negated, pace));
    case 'number':
      return numberAmong(data, new Set(known.flatMap(wholeMilliseconds)), !negated);
    case 'text': {
      const { locate, encode } = smallestForm(data);
      const wanted = known.flatMap((value) => encode(toText(value)) ?? []);
      return bytesTested(locate, isAmong(wanted), !negated, wholeBlock);
    }
  }
}

/** Marks the codes whose values are, or are not, among the given values. */
async function marks(
  data: RankedColumn,
  values: readonly Value[],
  type: ValueType,
  negated: boolean,
  pace: Pace,
): Promise<Uint8Array> {
  const marked = new Uint8Array(data.values.length + 1);
  if (negated) marked.fill(1, 1);
  await paced(values.length, pace, (i) => {
    const value = values[i];
    if (value === undefined) return;
    const { from, to } = codesEqualTo(data, value, type);
    marked.fill(negated ? 0 : 1, from, to);
  });
  return marked;
}

/** The instant in milliseconds, if it is a whole number of them. */
function wholeMilliseconds(value: Value): number[] {
  const { floor, ceiling } = toInstant(value);
  return floor === ceiling ? [floor] : [];
}
