import type { Pace } from '../../columns/pace.ts';
import type { TableView } from '../store/view.ts';
import { compileComparison, compilePresence } from './compile-comparison.ts';
import { compileIn } from './compile-in.ts';
import { compileList } from './compile-list.ts';
import { compileMatch } from './compile-match.ts';
import type { Filter } from './filter.ts';
import { allOf, anyOf, type Predicate } from './predicate.ts';

/**
 * Compiles a filter for the columns of a view.
 *
 * Negations are pushed down to the comparisons, where `not unknown` is unknown. Above them unknown and false need not
 * be distinguished, since neither makes an `and` or an `or` true.
 *
 * @throws InvalidPatternError if a pattern cannot be read
 */
export function compileFilter(view: TableView, filter: Filter, pace: Pace): Promise<Predicate> {
  return compile(view, filter, false, pace);
}

async function compile(view: TableView, filter: Filter, negated: boolean, pace: Pace): Promise<Predicate> {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const predicates: Predicate[] = [];
      for (const part of filter.filters) {
        predicates.push(await compile(view, part, negated, pace));
        if (pace.due) await pace.pause();
      }
      return (filter.kind === 'and') !== negated ? allOf(predicates) : anyOf(predicates);
    }
    case 'not':
      return compile(view, filter.filter, !negated, pace);
    case 'personal':
      return compile(view, filter.filter, negated, pace);
    case 'isNull':
      return compilePresence(await view.typed(filter.column, pace), filter.negated !== negated);
    case 'compare':
      return compileComparison(await view.typed(filter.column, pace), filter, negated);
    case 'in':
      return compileIn(await view.typed(filter.column, pace), filter, negated, pace);
    case 'match':
      return compileMatch(view, filter, negated, pace);
    case 'list':
      return compileList(await view.typed(filter.column, pace), filter, negated);
  }
}
