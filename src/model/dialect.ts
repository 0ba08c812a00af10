import type { ColumnDefinition, ForeignTableDefinition, ServerDefinition } from './definition.ts';
import type { Origin, Problem } from './model.ts';

/** What the model must know of one kind of foreign-data wrapper. Each source brings its own. */
export interface Dialect {
  /** Whether the server belongs to this kind of wrapper. */
  recognises(server: ServerDefinition): boolean;
  /** The object the table stands for, or why it cannot be exposed. */
  objectOf(table: ForeignTableDefinition): { readonly object: string } | Omit<Problem, 'object'>;
  /** Where the column's value comes from, or why it has none. */
  originOf(column: ColumnDefinition): Origin | Omit<Problem, 'object'>;
  /** The names of the columns, in order of preference, that identify a row where no directive names a key. */
  readonly defaultKeys: readonly string[];
  /** Whether every record has a value there. */
  isAlwaysPresent(origin: Origin): boolean;
}
