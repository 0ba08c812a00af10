import type { ColumnDefinition, ForeignTableDefinition, Options } from './definition.ts';
import type { Origin, Problem, Reason } from './model.ts';
import type { Result } from './result.ts';
import { nearestSpelling } from './spelling.ts';

/** What the definitions of one kind of foreign-data wrapper mean. Each kind of source brings its own. */
export interface Dialect {
  /** The object the table stands for, or why it cannot be exposed. */
  objectOf(table: ForeignTableDefinition): Result<string, Reason>;
  /** Where the column's value comes from, or why it has none. */
  originOf(column: ColumnDefinition, table: ForeignTableDefinition): Result<Origin, Reason>;
  /** What the texts of an origin's values look like; undefined where they can be anything. */
  formOf(origin: Origin): ValueForm | undefined;
  /** The options that tables of this kind may have, by what each means. Others are accepted and mean nothing. */
  readonly tableOptions: KnownOptions;
  /** The same of columns. */
  readonly columnOptions: KnownOptions;
  /** The names of the columns, in order of preference, that identify a row where no directive names a key. */
  readonly defaultKeys: readonly (readonly string[])[];
  /** Who reads the rows: Postgres, as a role that needs its privileges, or the gateway with keys of its own. */
  readonly readBy: 'postgres' | 'gateway';
  /** Whether every record has a value there. */
  isAlwaysPresent(origin: Origin): boolean;
}

/** What each known option means, by its name. */
export type KnownOptions = ReadonlyMap<string, string>;

/** What all values of an origin have in common. */
export interface ValueForm {
  /** The Postgres type to declare a column as that has such values. */
  readonly type: string;
  /** Texts that stand for all others: no type has such values that has none of these. */
  readonly samples: readonly [string, ...string[]];
}

/**
 * The options that were probably meant to be known ones. Others mean nothing, and may: a wrapper's own validator
 * decides on them.
 *
 * @param object what has the options
 */
export function misspeltOptions(object: string, options: Options, known: KnownOptions): readonly Problem[] {
  return [...options.keys()].flatMap((name) => {
    if (known.has(name)) return [];
    const meant = nearestSpelling(name, known.keys());
    // Where the option that is meant is there too, the other one is something else.
    if (meant === undefined || options.has(meant)) return [];
    return [{ object, reason: `its option ${name} means nothing`, hint: `did you mean ${meant}?` }];
  });
}
