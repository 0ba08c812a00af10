import { RE2JS } from 're2js';
import { type Claims, claimAt } from '../auth/claims.ts';
import { BadUserInputError } from '../errors.ts';
import { findTable, type PolicyFilter, type Problem, type Table, type TableName } from '../model/model.ts';
import { firstOf } from '../model/result.ts';
import type { Filter } from '../rows/filter/filter.ts';
import { isPlainObject } from '../values/plain-object.ts';
import { listed, shown } from '../wording.ts';
import { and, type FilterInput, toFilter } from './filter.ts';

/** The rows of a table that a role may see: all, none, or those that match a filter. */
export type Visibility = 'all' | 'none' | { readonly filter: Filter };

/**
 * The rows that the caller may see by the table's own policies. A policy that cannot be evaluated hides rows; it never
 * shows them.
 *
 * @param table with all of its columns, since a policy may use columns that the role cannot read
 */
export function visibilityOf(table: Table, role: string, claims: Claims): Visibility {
  if (!table.policies) return 'all';
  const policy = table.policies.get(role);
  if (!policy) return 'none';
  const known = sharedVisibilities.get(policy);
  if (known) return known;
  const visibility = readPolicy(table, policy, (path) => claimAt(claims, path));
  if (!usesClaims(policy)) sharedVisibilities.set(policy, visibility);
  return visibility;
}

/**
 * The rows of a table that the caller may see. For a view these are the rows that both its own policies and those of its
 * foreign table show, so that a view never shows more than its table.
 *
 * @param tables all tables, with all of their columns
 */
export function visibilityAmong(
  tables: readonly Table[],
  name: TableName,
  role: string,
  claims: Claims,
): Visibility {
  const table = findTable(tables, name);
  if (!table) return 'none';
  const own = visibilityOf(table, role, claims);
  return table.base ? bothOf(visibilityAmong(tables, table.base, role, claims), own) : own;
}

function bothOf(a: Visibility, b: Visibility): Visibility {
  if (a === 'none' || b === 'none') return 'none';
  if (a === 'all') return b;
  if (b === 'all') return a;
  const filter = and([a.filter, b.filter]);
  return filter ? { filter } : 'all';
}

/** The visibility of policies that use no claims, which is the same for everyone in the role. */
const sharedVisibilities = new WeakMap<PolicyFilter, Visibility>();

/** What is wrong with the policies of a table, or may surprise, as far as it can be known without a token. */
export function policyProblems(table: Table): readonly Problem[] {
  const object = `${table.schema}.${table.name}`;
  const problems = [...(table.policies ?? [])].flatMap(([role, policy]) => [
    ...mistakesIn(table, role, policy),
    ...claimsInPatterns(table, policy).map(({ field, operator }) => ({
      object,
      reason: `its policy for the role ${listed([role])} compares ${field} with a claim by ${operator}; the claim's text is taken literally, and an empty one matches nothing`,
      hint: 'use eq to compare the whole value',
    })),
  ]);
  return firstOf(object, problems);
}

function mistakesIn(table: Table, role: string, policy: PolicyFilter): readonly Problem[] {
  try {
    if (!isEmpty(policy)) assertComplete(policy, 'filter');
    toFilter(
      table,
      withClaims(table, policy, () => null),
      'filter',
    );
    return [];
  } catch (error) {
    if (!(error instanceof BadUserInputError)) throw error;
    return [
      {
        object: `${table.schema}.${table.name}`,
        reason: `its policy for the role ${listed([role])} is wrong: ${error.message}`,
        hint: 'correct "policies" in its directive; until then the role sees no rows',
      },
    ];
  }
}

/** The value of a claim; undefined or null if the token has none. */
type ReadClaim = (path: string) => unknown;

function readPolicy(table: Table, policy: PolicyFilter, claim: ReadClaim): Visibility {
  if (isEmpty(policy)) return 'all';
  try {
    assertComplete(policy, 'filter');
    const filters = Object.entries(policy).map(([key, value]) => {
      const filter = toFilter(table, withClaims(table, { [key]: value }, claim), 'filter');
      return filter && usesClaims(value) ? ({ kind: 'personal', filter } as const) : filter;
    });
    const filter = filters.includes(undefined) ? undefined : and(filters);
    return filter ? { filter } : 'none';
  } catch (error) {
    // A claim of the wrong type, such as a number for a column of UUIDs, matches nothing.
    if (error instanceof BadUserInputError) return 'none';
    throw error;
  }
}

/** The most objects within objects of a policy's filter, as in a request by default (`--max-filter-depth`). */
const deepestPolicy = 32;

/**
 * A caller's filter may contain empty parts. In a policy they would silently show rows, so they are rejected; and so is one
 * that is nested more deeply than a caller's may be.
 */
function assertComplete(value: unknown, path: string, depth = 0): void {
  if (value === null || (typeof value === 'object' && isEmpty(value))) {
    throw new BadUserInputError(path, `${path} must not be empty in a policy, but got ${shown(value)}`);
  }
  if (typeof value !== 'object') return;
  if (depth === deepestPolicy && isPlainObject(value) && claimPath(value) === undefined) {
    throw new BadUserInputError(
      'filter',
      `filter must have at most ${deepestPolicy} objects within objects in a policy`,
    );
  }
  const below = Array.isArray(value) ? depth : depth + 1;
  for (const [key, inner] of Object.entries(value)) assertComplete(inner, `${path}.${listed([key])}`, below);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** Whether it contains a `{"claim": "<path>"}`. */
function usesClaims(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return claimPath(value) !== undefined || Object.values(value).some(usesClaims);
}

/**
 * The policy with each `{"claim": "<path>"}` replaced by the value of the claim, or by null if the token has none.
 */
function withClaims(table: Table, policy: PolicyFilter, claim: ReadClaim): FilterInput {
  const entries = Object.entries(policy).map(([key, value]): [string, unknown] => {
    if (typeof value !== 'object' || value === null) return [key, value];
    if (table.columns.some((column) => column.fieldName === key)) return [key, withOperands(value, claim)];
    if (Array.isArray(value)) {
      return [
        key,
        value.map((filter: unknown) => (isPlainObject(filter) ? withClaims(table, filter, claim) : filter)),
      ];
    }
    return [key, isPlainObject(value) ? withClaims(table, value, claim) : value];
  });
  return Object.fromEntries(entries);
}

function withOperands(operators: object, claim: ReadClaim): FilterInput {
  return Object.fromEntries(
    Object.entries(operators).map(([operator, operand]: [string, unknown]) => [
      operator,
      Array.isArray(operand)
        ? operand.map((element: unknown) => withClaim(operator, element, claim))
        : withClaim(operator, operand, claim),
    ]),
  );
}

function withClaim(operator: string, operand: unknown, claim: ReadClaim): unknown {
  const path = claimPath(operand);
  return path === undefined ? operand : toLiteral(operator, readable(claim(path)));
}

/** The path of the claim that an operand refers to; undefined if it is a value itself. */
function claimPath(operand: unknown): string | undefined {
  return isPlainObject(operand) && typeof operand.claim === 'string' ? operand.claim : undefined;
}

/**
 * The claim's value, or null if it is unreliable: JSON parsers round integers beyond 2^53, so that a caller could match
 * another caller's rows.
 */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'number') return value ?? null;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : value;
}

/** A claim in place of a pattern matches its literal text, and nothing if that is empty. */
function toLiteral(operator: string, value: unknown): unknown {
  const quote = quotes.get(operator);
  if (!quote) return value;
  return typeof value === 'string' && value !== '' ? quote(value) : null;
}

const quotes: ReadonlyMap<string, (text: string) => string> = new Map([
  ['like', quoteLike],
  ['ilike', quoteLike],
  ['startsWith', (text) => text],
  ['regex', (text) => RE2JS.quote(text)],
  ['iregex', (text) => RE2JS.quote(text)],
]);

function quoteLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** The operators whose pattern is a claim. */
function claimsInPatterns(
  table: Table,
  policy: PolicyFilter,
): readonly { readonly field: string; readonly operator: string }[] {
  return Object.entries(policy).flatMap(([field, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    if (table.columns.some((column) => column.fieldName === field)) {
      return Object.entries(value)
        .filter(([operator, operand]) => quotes.has(operator) && claimPath(operand) !== undefined)
        .map(([operator]) => ({ field, operator }));
    }
    const inner: readonly unknown[] = Array.isArray(value) ? value : [value];
    return inner.flatMap((filter) => (isPlainObject(filter) ? claimsInPatterns(table, filter) : []));
  });
}
