import { isContainer, isPlainObject } from '../values/plain-object.ts';
import { shown } from '../wording.ts';
import { parseComment } from './comment.ts';
import { folded } from './folded-text.ts';
import type { Problem } from './model.ts';
import { type Built, built, firstOf } from './result.ts';
import {
  count,
  duration,
  foreignKeys,
  holdsPolicies,
  mappings,
  names,
  policies,
  reportUnknownKeys,
  type Shape,
  switchable,
  text,
  truth,
} from './shape.ts';
import { nearestSpelling } from './spelling.ts';

/** A key of an object's directive. */
export interface DirectiveKey<T = unknown> extends Shape<T> {
  readonly name: string;
  /** Its meaning, for the reference. */
  readonly meaning: string;
}

function key<T>(name: string, shape: Shape<T>, meaning: string): DirectiveKey<T> {
  return { name, ...shape, meaning };
}

/** The keys of a schema's directive. */
export const schemaKeys = {
  inflectNames: key(
    'inflect_names',
    truth,
    'Whether types are named in PascalCase and fields in camelCase; false by default.',
  ),
  maxRows: key(
    'max_rows',
    count,
    'The maximum number of rows per page, for all tables of the schema; 30 by default.',
  ),
  introspection: key(
    'introspection',
    truth,
    'Whether clients may introspect the API. `false` on one exposed schema is enough to forbid it.',
  ),
};

/** The keys of a foreign table's directive. */
export const tableKeys = {
  name: key('name', text, 'The name of the GraphQL type.'),
  description: key(
    'description',
    text,
    'The description of the type; by default the text outside the directive.',
  ),
  totalCount: key('totalCount', switchable, 'Whether collections have `totalCount`; enabled by default.'),
  aggregate: key('aggregate', switchable, 'Whether collections have `aggregate`; disabled by default.'),
  maxRows: key(
    'max_rows',
    count,
    "The maximum number of rows per page; by default that of the schema's directive.",
  ),
  primaryKeyColumns: key(
    'primary_key_columns',
    names,
    'The columns that identify a row; for a user pool `username`, else `sub`, by default.',
  ),
  foreignKeys: key(
    'foreign_keys',
    foreignKeys,
    'References to other exposed tables, each of which becomes a field on both types.',
  ),
  scanAs: key(
    'scan_as',
    text,
    "The role that reads the rows from Postgres; by default the gateway's login. Not for user pools.",
  ),
  countRows: key(
    'count_rows',
    truth,
    'Whether Postgres counts the rows before each scan, so that its progress is known without an `ANALYZE`; false by default. Not for user pools.',
  ),
  maxAge: key('max_age', duration, "How long the table's snapshot is fresh; `--max-age` by default."),
  staleWhileRevalidate: key(
    'stale_while_revalidate',
    duration,
    'How long a stale snapshot is served while a scan replaces it; `--stale-while-revalidate` by default.',
  ),
  refresh: key(
    'refresh',
    duration,
    'How long after the start of one scan the next starts on its own; `--refresh` by default.',
  ),
  expose: key('expose', truth, 'Whether the table is part of the API; true by default.'),
  policies: key(
    'policies',
    policies,
    'Which rows each role sees. If there are policies, a role without one sees no rows.',
  ),
};

/** The keys of a foreign server's directive. */
export const serverKeys = {
  expose: key('expose', truth, 'Whether its tables are part of the API; true by default.'),
};

/** The keys of a column's directive. */
export const columnKeys = {
  name: key('name', text, 'The name of the field.'),
  description: key(
    'description',
    text,
    'The description of the field; by default the text outside the directive.',
  ),
  notNull: key(
    'not_null',
    truth,
    'Whether the field is non-null, as if the column were declared `NOT NULL`; false by default.',
  ),
};

/** The keys of an enum type's directive. */
export const enumKeys = {
  name: key('name', text, 'The name of the GraphQL enum.'),
  mappings: key('mappings', mappings, 'Names for labels, such as those that GraphQL does not allow.'),
};

const knownNames: ReadonlySet<string> = new Set(
  [schemaKeys, serverKeys, tableKeys, columnKeys, enumKeys].flatMap((keys) =>
    Object.values(keys).map(({ name }) => name),
  ),
);

/** A parsed comment. */
export interface Directive {
  readonly prose: string | undefined;
  /** Whether the directive has the key, whatever its value. */
  has(key: DirectiveKey): boolean;
  /** The value of the key; undefined if it is absent or invalid. */
  get<T>(key: DirectiveKey<T>): T | undefined;
  /** Whether something without effect may have been meant as policies. */
  readonly mayMeanPolicies: boolean;
}

/**
 * Parses the comment of an object. Everything in it that has no effect but seems to have been meant to is a problem.
 *
 * @param object the object that the problems are about
 * @param keys the keys that its directive may have
 */
export function readDirective(
  object: string,
  comment: string | undefined,
  keys: Readonly<Record<string, DirectiveKey>>,
): Built<Directive> {
  const { prose, settings, fault } = parseComment(comment, knownNames);
  const problems: Problem[] = fault ? [{ object, reason: fault.reason, hint: fault.hint }] : [];
  const report = (reason: string, hint: string) => {
    problems.push({ object, reason: `in the @graphql directive, ${reason}`, hint });
  };
  const known = Object.values(keys);
  for (const { name, expected, read } of known) {
    const value = settings[name];
    if (isAbsent(value, name) || read(value, report) !== undefined) continue;
    report(`${name} must be ${expected}, but is ${shown(value)}`, 'correct it; until then it has no effect');
  }
  const knownHere = known.map(({ name }) => name);
  reportUnknownKeys(settings, knownHere, undefined, report);
  const directive: Directive = {
    prose,
    has: ({ name }) => name in settings,
    get({ name, read }) {
      const value = settings[name];
      return isAbsent(value, name) ? undefined : read(value, () => {});
    },
    mayMeanPolicies:
      (fault?.mayMeanPolicies ?? false) ||
      Object.entries(settings).some(([name, value]) => settingMayMeanPolicies(name, value, known)),
  };
  return built(directive, ...firstOf(object, problems));
}

/** Whether the comment of any object has policies, or may have been meant to. */
export function concernsPolicies(comment: string | undefined): boolean {
  const { value } = readDirective('', comment, tableKeys);
  return value.has(tableKeys.policies) || value.mayMeanPolicies;
}

/** Whether a setting without effect, or a part of one, may have been meant as policies. */
function settingMayMeanPolicies(name: string, value: unknown, known: readonly DirectiveKey[]): boolean {
  const key = known.find((candidate) => candidate.name === name);
  if (key === tableKeys.policies || (key && isFlawless(key, value))) return false;
  if (holdsPolicies({ [name]: value })) return true;
  if (knownNames.has(name)) return false;
  if (/access|restrict|privilege|visib|using|where/.test(folded(name))) return true;
  // What is structured under an unknown key could be rules of access by role, whatever they are called.
  const isStructured = isPlainObject(value) || (Array.isArray(value) && value.some(isContainer));
  if (!isStructured) return false;
  const spelling = nearestSpelling(
    name,
    known.map((candidate) => candidate.name),
  );
  const meant = known.find((candidate) => candidate.name === spelling);
  return !meant || !isFlawless(meant, value);
}

/** Whether a key has this value without any fault, so that all of it has its effect. */
function isFlawless({ read }: DirectiveKey, value: unknown): boolean {
  let faults = 0;
  const found = read(value, () => {
    faults++;
  });
  return found !== undefined && faults === 0;
}

/** A setting that is null counts as absent, as in pg_graphql, except policies, which would then show all rows. */
function isAbsent(value: unknown, name: string): boolean {
  return value === undefined || (value === null && name !== tableKeys.policies.name);
}
