import type { ColumnDefinition, ForeignTableDefinition, Options } from './definition.ts';
import type { Origin, Problem, Reason } from './model.ts';
import type { Result } from './result.ts';
import { nearestSpelling } from './spelling.ts';

/** What the definitions of one kind of foreign-data wrapper mean. Each kind of source has its own. */
export interface Dialect {
  /** The foreign object of the table, or why it cannot be exposed. */
  objectOf(table: ForeignTableDefinition): Result<string, Reason>;
  /** The origin of the column's values, or why it has none. */
  originOf(column: ColumnDefinition, table: ForeignTableDefinition): Result<Origin, Reason>;
  /** The textual form of an origin's values; undefined if they can be anything. */
  formOf(origin: Origin): ValueForm | undefined;
  /** The known table options, with the meaning of each. Others are accepted and ignored. */
  readonly tableOptions: KnownOptions;
  /** The same for columns. */
  readonly columnOptions: KnownOptions;
  /** The keys to try, in order of preference, if no directive names one. */
  readonly defaultKeys: readonly (readonly string[])[];
  /** Who reads the rows: Postgres, as a role that needs privileges, or the gateway with its own credentials. */
  readonly readBy: 'postgres' | 'gateway';
  /** Whether every record has a value at the origin. */
  isAlwaysPresent(origin: Origin): boolean;
}

/** The meaning of each known option, by name. */
export type KnownOptions = ReadonlyMap<string, string>;

/** The common form of all values of an origin. */
export interface ValueForm {
  /** The Postgres type that suits such values. */
  readonly type: string;
  /** Representative texts: a type that accepts none of them accepts no value of this form. */
  readonly samples: readonly [string, ...string[]];
}

/**
 * Reports unknown options that resemble a known one. Other unknown options are ignored, because they are up to the
 * wrapper's own validator.
 *
 * @param object the object that has the options, for the problems
 */
export function misspeltOptions(object: string, options: Options, known: KnownOptions): readonly Problem[] {
  return [...options.keys()].flatMap((name) => {
    if (known.has(name)) return [];
    const meant = nearestSpelling(name, known.keys());
    // If the known option is present as well, the unknown one must be something else.
    if (meant === undefined || options.has(meant)) return [];
    return [
      { object, reason: `its option ${name} is unknown and has no effect`, hint: `did you mean ${meant}?` },
    ];
  });
}
