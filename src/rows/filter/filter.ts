import type { Column } from '../../model/model.ts';
import type { Value } from '../../values/value.ts';

/** A condition on rows, in SQL's three-valued logic: a row matches where it is true, not where it is unknown. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** Rests on the claims of one caller, so that its rows are remembered for nobody. */
  | { readonly kind: 'personal'; readonly filter: Filter }
  | { readonly kind: 'isNull'; readonly column: Column; readonly negated: boolean }
  | CompareFilter
  | InFilter
  | MatchFilter
  | ListFilter;

/** Compares a column with a value of its type. A null operand, here and below, is SQL's NULL: unknown. */
export interface CompareFilter {
  readonly kind: 'compare';
  readonly column: Column;
  readonly operator: Comparison;
  readonly value: Value | null;
}

export type Comparison = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte';

/** Whether a column equals one of some values: SQL's `= any`. */
export interface InFilter {
  readonly kind: 'in';
  readonly column: Column;
  readonly values: readonly (Value | null)[] | null;
}

/** Compares text with a pattern. */
export interface MatchFilter {
  readonly kind: 'match';
  readonly column: Column;
  readonly operator: 'like' | 'ilike' | 'startsWith' | 'regex' | 'iregex';
  readonly pattern: string | null;
}

/** Compares the elements of a list with those of another. */
export interface ListFilter {
  readonly kind: 'list';
  readonly column: Column;
  readonly operator: 'contains' | 'containedBy' | 'overlaps';
  readonly value: Value | null;
}

/** The filters that must all be true for this one to be. */
export function conjuncts(filter: Filter): readonly Filter[] {
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

/** Whether the filter rests on the claims of one caller. */
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

/** A pattern cannot be read, or would cost too much to search for. */
export class InvalidPatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
