import type { Pace } from '../../columns/pace.ts';
import type { SqlType } from '../../values/type/sql-type.ts';
import { withoutTrailingBlanks } from '../../values/type/text-types.ts';
import type { Value } from '../../values/value.ts';
import type { TableView } from '../store/view.ts';
import type { MatchFilter } from './filter.ts';
import { compileLike, compilePrefix } from './like.ts';
import { never, type Predicate } from './predicate.ts';
import { valueTested } from './ranked-predicate.ts';
import { compileRegex } from './regex.ts';
import { type BytesTest, bytesTested, textTested } from './text-predicate.ts';
import { utf8Form } from './text-spans.ts';

/**
 * Rows per block times characters of the pattern: matching a text may take time proportional to the product of both
 * lengths.
 */
const blockWork = 16_384;
/** The least number of characters that a pattern counts as. */
const leastWork = 16;

/**
 * Compiles a comparison with a pattern.
 *
 * @throws InvalidPatternError if the pattern cannot be read
 */
export async function compileMatch(
  view: TableView,
  { column, operator, pattern }: MatchFilter,
  negated: boolean,
  pace: Pace,
): Promise<Predicate> {
  if (pattern === null) return never;
  const ignoreCase = operator === 'ilike' || operator === 'iregex' || column.type.kind === 'citext';
  // Patterns match the stored text, including what the type's comparison ignores.
  const { data } = await view.typed(column, pace, plainText);
  const searchBlock = Math.max(1, Math.floor(blockWork / Math.max(pattern.length, leastWork)));
  switch (operator) {
    case 'regex':
    case 'iregex': {
      const { test, largestBlock } = compileRegex(pattern, ignoreCase);
      return matchText(data, test, negated, largestBlock);
    }
    case 'like':
    case 'ilike':
      return matchBytes(data, compileLike(pattern, ignoreCase), negated, searchBlock);
    case 'startsWith': {
      if (column.type.kind !== 'bpchar')
        return matchBytes(data, compilePrefix(pattern), negated, searchBlock);
      return matchText(data, (text) => withoutTrailingBlanks(text).startsWith(pattern), negated, searchBlock);
    }
  }
}

const plainText: SqlType = { kind: 'text' };

type Data = Awaited<ReturnType<TableView['typed']>>['data'];

function matchBytes(data: Data, test: BytesTest, negated: boolean, largestBlock: number): Predicate {
  if (data.encoding === 'text') return bytesTested(utf8Form(data).locate, test, !negated, largestBlock);
  return matchText(
    data,
    (text) => {
      const bytes = Buffer.from(text);
      return test(bytes, 0, bytes.length);
    },
    negated,
    largestBlock,
  );
}

function matchText(
  data: Data,
  test: (text: string) => boolean,
  negated: boolean,
  largestBlock: number,
): Predicate {
  switch (data.encoding) {
    case 'text':
      return textTested(data, test, !negated, largestBlock);
    case 'ranked':
      return valueTested(data, (value: Value) => test(String(value)), !negated, largestBlock);
    case 'number':
      throw new TypeError('a pattern must be compared with text, but got a column of instants');
  }
}
