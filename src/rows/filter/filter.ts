import type { Column } from '../../model/model.ts';
import type { ComparisonOperator, ListOperator, MatchOperator } from '../../model/operator.ts';
import type { Value } from '../../values/value.ts';

/** A condition on rows in SQL's three-valued logic: a row matches if it is true, not if it is unknown. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** Depends on the claims of one caller, so its matching rows are never cached. */
  | { readonly kind: 'personal'; readonly filter: Filter }
  | { readonly kind: 'isNull'; readonly column: Column; readonly negated: boolean }
  | CompareFilter
  | InFilter
  | MatchFilter
  | ListFilter;

/** Compares a column with a value of its type. A null operand, here and below, is SQL's NULL: the result is unknown. */
export interface CompareFilter {
  readonly kind: 'compare';
  readonly column: Column;
  readonly operator: ComparisonOperator;
  readonly value: Value | null;
}

/** Tests whether a column equals any of some values: SQL's `= any`. */
export interface InFilter {
  readonly kind: 'in';
  readonly column: Column;
  readonly values: readonly (Value | null)[] | null;
}

/** Compares text with a pattern. */
export interface MatchFilter {
  readonly kind: 'match';
  readonly column: Column;
  readonly operator: MatchOperator;
  readonly pattern: string | null;
}

/** Compares the elements of an array column with those of another array. */
export interface ListFilter {
  readonly kind: 'list';
  readonly column: Column;
  readonly operator: ListOperator;
  readonly value: Value | null;
}

/** The operands of a conjunction, flattened, or the filter itself if it is something else. */
export function conjuncts(filter: Filter): readonly Filter[] {
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

/** Whether the filter depends on the claims of one caller. */
export function isPersonal(filter: Filter): boolean {
  switch (filter.kind) {
    case 'personal':
      return true;
    case 'and':
    case 'or':
      return filter.filters.some(isPersonal);
    case 'not':
      return isPersonal(filter.filter);
    default:
      return false;
  }
}

/** A pattern is invalid, or would cost too much to match. */
export class InvalidPatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
