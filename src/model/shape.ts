import { durationRule, parseDuration } from '../duration.ts';
import { isPlainObject } from '../values/plain-object.ts';
import { shown } from '../wording.ts';
import type { Settings } from './comment.ts';
import type { PolicyFilter } from './model.ts';
import { resemblesPolicies } from './near-directive.ts';
import { nearestSpelling } from './spelling.ts';

/** The shape that the value of a directive's key must have. */
export interface Shape<T> {
  /** Worded to follow `must be`. */
  readonly expected: string;
  /** The value, or undefined if it does not have this shape. Faults inside it are reported to `faults`. */
  read(value: unknown, faults: Faults): T | undefined;
}

/** Receives each fault inside a value, as a sentence about the directive. */
export type Faults = (reason: string, hint: string) => void;

/** Any text that is valid Unicode. */
export const text: Shape<string> = {
  expected: 'a string',
  // JSON can escape half of a surrogate pair, which no schema can be printed with.
  read: (value) => (typeof value === 'string' && value.isWellFormed() ? value : undefined),
};

/** A boolean. */
export const truth: Shape<boolean> = {
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** A number of rows. */
export const count: Shape<number> = {
  expected: 'a whole number from 1',
  read: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined,
};

/** Milliseconds. */
export const duration: Shape<number> = {
  expected: durationRule,
  read: (value) =>
    typeof value === 'string' || typeof value === 'number' ? parseDuration(String(value)) : undefined,
};

/** Names of columns; at least one. */
export const names: Shape<readonly string[]> = {
  expected: 'a list of strings',
  read: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
      ? value
      : undefined,
};

/** What pg_graphql can enable and disable by an object. */
export const switchable: Shape<boolean> = {
  expected: '{"enabled": true} or {"enabled": false}',
  read: (value) =>
    isPlainObject(value) && typeof value.enabled === 'boolean' && hasOnly(value, ['enabled'])
      ? value.enabled
      : undefined,
};

/** The GraphQL names of an enum's labels, by label. */
export const mappings: Shape<ReadonlyMap<string, string>> = {
  expected: 'an object of {"<label>": "<name>"}',
  read(value) {
    if (!isPlainObject(value)) return undefined;
    const names = new Map<string, string>();
    for (const [label, name] of Object.entries(value)) {
      if (typeof name !== 'string') return undefined;
      names.set(label, name);
    }
    return names;
  },
};

/** One element of the table directive's `foreign_keys`. */
export interface ForeignKeySetting {
  /** The name of the field on the other table's type. */
  readonly localName: string | undefined;
  readonly localColumns: readonly string[];
  /** The name of the field on this table's type. */
  readonly foreignName: string | undefined;
  readonly foreignSchema: string;
  readonly foreignTable: string;
  readonly foreignColumns: readonly string[];
}

const foreignKeyNames = [
  'local_name',
  'local_columns',
  'foreign_name',
  'foreign_schema',
  'foreign_table',
  'foreign_columns',
];

/** References to other tables, as in pg_graphql. */
export const foreignKeys: Shape<readonly ForeignKeySetting[]> = {
  expected:
    'a list of {"local_columns": […], "foreign_schema": "…", "foreign_table": "…", "foreign_columns": […]}',
  read(value, faults) {
    if (!Array.isArray(value)) return undefined;
    const keys = value.map(readForeignKey);
    if (!keys.every((key) => key !== undefined)) return undefined;
    for (const key of value.filter(isPlainObject))
      reportUnknownKeys(key, foreignKeyNames, 'foreign_keys', faults);
    return keys;
  },
};

function readForeignKey(value: unknown): ForeignKeySetting | undefined {
  if (!isPlainObject(value)) return undefined;
  const read = (key: string) => names.read(value[key], () => {});
  const { local_name: localName, foreign_name: foreignName } = value;
  const { foreign_schema: foreignSchema, foreign_table: foreignTable } = value;
  const localColumns = read('local_columns');
  const foreignColumns = read('foreign_columns');
  if (!localColumns || !foreignColumns || localColumns.length !== foreignColumns.length) return undefined;
  if (typeof foreignSchema !== 'string' || typeof foreignTable !== 'string') return undefined;
  if (!isOptionalText(localName) || !isOptionalText(foreignName)) return undefined;
  return { localName, localColumns, foreignName, foreignSchema, foreignTable, foreignColumns };
}

/**
 * Filters by role. An invalid one leaves its role without a filter, so that a mistake hides rows and never shows them.
 */
export const policies: Shape<ReadonlyMap<string, PolicyFilter>> = {
  expected: 'an object of {"<role>": {"filter": {…}}}',
  read(value, faults) {
    if (!isPlainObject(value)) return undefined;
    const filters = new Map<string, PolicyFilter>();
    for (const [role, policy] of Object.entries(value)) {
      if (isPlainObject(policy) && isPlainObject(policy.filter) && hasOnly(policy, ['filter'])) {
        filters.set(role, policy.filter);
      } else {
        faults(
          `policies.${shown(role)} must be {"filter": {…}}, but is ${shown(policy)}`,
          `correct it; until then the role ${shown(role)} sees no rows`,
        );
      }
    }
    return filters;
  },
};

/** Reports each unknown key, with the known key that was probably meant. */
export function reportUnknownKeys(
  settings: Settings,
  known: readonly string[],
  place: string | undefined,
  faults: Faults,
): void {
  for (const key of Object.keys(settings).filter((candidate) => !known.includes(candidate))) {
    const meant = nearestSpelling(key, known);
    faults(
      `the key ${shown(key)}${place === undefined ? '' : ` of ${place}`} is not known here`,
      meant === undefined
        ? `remove it; the known keys are ${known.join(', ') || 'none'}`
        : `did you mean "${meant}"?`,
    );
  }
}

/** Whether a key anywhere in a value may have been meant as `policies`. */
export function holdsPolicies(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPolicies);
  if (!isPlainObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => resemblesPolicies(key) || holdsPolicies(inner));
}

function hasOnly(value: Settings, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
