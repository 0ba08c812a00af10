import type { Column } from '../../model/model.ts';
import type { Value } from '../../values/value.ts';

/** A condition on rows, in SQL's three-valued logic: a row matches where it is true, not where it is unknown. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
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

/** A pattern cannot be read, or would cost too much to search for. */
export class InvalidPatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
