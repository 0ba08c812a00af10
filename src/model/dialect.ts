import type { ColumnDefinition, ForeignTableDefinition } from './definition.ts';
import type { Origin, Reason } from './model.ts';
import type { Result } from './result.ts';

/** What the definitions of one kind of foreign-data wrapper mean. Each kind of source brings its own. */
export interface Dialect {
  /** The object the table stands for, or why it cannot be exposed. */
  objectOf(table: ForeignTableDefinition): Result<string, Reason>;
  /** Where the column's value comes from, or why it has none. */
  originOf(column: ColumnDefinition): Result<Origin, Reason>;
  /** The names of the columns, in order of preference, that identify a row where no directive names a key. */
  readonly defaultKeys: readonly string[];
  /** Whether every record has a value there. */
  isAlwaysPresent(origin: Origin): boolean;
}
