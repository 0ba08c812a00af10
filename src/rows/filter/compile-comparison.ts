import type { NumberColumn, RankedColumn, TextColumn } from '../../columns/column.ts';
import type { ComparisonOperator } from '../../model/operator.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import type { Value } from '../../values/value.ts';
import { codesEqualTo, type Instant, toInstant, toText } from '../store/probe.ts';
import type { TypedColumn } from '../store/typed-column.ts';
import { comparesTo, equal, equals, greater, less } from './byte-tests.ts';
import type { CompareFilter } from './filter.ts';
import { numberAmong, numberPresent, numberWithin } from './number-predicate.ts';
import { never, type Predicate, wholeBlock } from './predicate.ts';
import { codeIn, codeNotIn } from './ranked-predicate.ts';
import { bytesTested, textPresent } from './text-predicate.ts';
import { smallestForm, utf8Form } from './text-spans.ts';

/** Compiles a comparison with a value. */
export function compileComparison(
  { data, type }: TypedColumn,
  { operator, value }: CompareFilter,
  negated: boolean,
): Predicate {
  if (value === null) return never;
  const asked = negated ? opposites[operator] : operator;
  switch (data.encoding) {
    case 'ranked':
      return compareRanked(data, asked, value, type);
    case 'number':
      return compareNumbers(data, asked, toInstant(value));
    case 'text':
      return compareText(data, asked, toText(value));
  }
}

/** Compiles `is not null` (`expected` is true) or `is null`. */
export function compilePresence({ data }: TypedColumn, expected: boolean): Predicate {
  switch (data.encoding) {
    case 'ranked':
      return codeIn(data, expected ? { from: 1, to: data.values.length + 1 } : { from: 0, to: 1 });
    case 'number':
      return numberPresent(data, expected);
    case 'text':
      return textPresent(data, expected);
  }
}

/** The negation of each comparison: true if it is false, unknown if it is unknown. */
const opposites: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  eq: 'neq',
  neq: 'eq',
  lt: 'gte',
  gte: 'lt',
  gt: 'lte',
  lte: 'gt',
};

function compareRanked(
  data: RankedColumn,
  operator: ComparisonOperator,
  value: Value,
  type: ValueType,
): Predicate {
  const { from, to } = codesEqualTo(data, value, type);
  const end = data.values.length + 1;
  switch (operator) {
    case 'eq':
      return codeIn(data, { from, to });
    case 'neq':
      return codeNotIn(data, { from, to });
    case 'lt':
      return codeIn(data, { from: 1, to: from });
    case 'lte':
      return codeIn(data, { from: 1, to });
    case 'gt':
      return codeIn(data, { from: to, to: end });
    case 'gte':
      return codeIn(data, { from, to: end });
  }
}

function compareNumbers(data: NumberColumn, operator: ComparisonOperator, instant: Instant): Predicate {
  const { floor, ceiling } = instant;
  const { NEGATIVE_INFINITY: first, POSITIVE_INFINITY: last } = Number;
  switch (operator) {
    case 'eq':
      return numberWithin(data, ceiling, floor);
    case 'neq':
      return numberAmong(data, new Set(floor === ceiling ? [floor] : []), false);
    case 'lt':
      return numberWithin(data, first, ceiling - 1);
    case 'lte':
      return numberWithin(data, first, floor);
    case 'gt':
      return numberWithin(data, floor + 1, last);
    case 'gte':
      return numberWithin(data, ceiling, last);
  }
}

const accepted: Readonly<Record<Exclude<ComparisonOperator, 'eq' | 'neq'>, number>> = {
  lt: less,
  lte: less | equal,
  gt: greater,
  gte: greater | equal,
};

function compareText(data: TextColumn, operator: ComparisonOperator, value: string): Predicate {
  if (operator !== 'eq' && operator !== 'neq') {
    const { locate } = utf8Form(data);
    return bytesTested(locate, comparesTo(Buffer.from(value), accepted[operator]), true, wholeBlock);
  }
  const { locate, encode } = smallestForm(data);
  const bytes = encode(value);
  if (!bytes) return operator === 'eq' ? never : textPresent(data, true);
  return bytesTested(locate, equals(bytes), operator === 'eq', wholeBlock);
}
