import { type Claims, claimAt } from '../auth/claims.ts';
import { BadUserInputError } from '../errors.ts';
import type { PolicyFilter, Problem, Table } from '../model/model.ts';
import type { Filter } from '../rows/filter/filter.ts';
import { isPlainObject } from '../values/plain-object.ts';
import { type FilterInput, toFilter } from './filter.ts';

/** What a role may see of a table's rows: all, none, or those that a filter keeps. */
export type Visibility = 'all' | 'none' | { readonly filter: Filter };

/**
 * What the caller may see of the table's rows. Whatever cannot be made sense of hides rows, never shows them.
 *
 * @param table with all of its columns, since a policy may use what the role itself cannot read
 */
export function visibilityOf(table: Table, role: string, claims: Claims): Visibility {
  if (!table.policies) return 'all';
  const policy = table.policies.get(role);
  if (!policy) return 'none';
  if (isEmpty(policy)) return 'all';
  try {
    assertComplete(policy, 'filter');
    const filter = toFilter(
      table,
      withClaims(table, policy, (path) => claimAt(claims, path)),
      'filter',
    );
    return filter ? { filter } : 'none';
  } catch (error) {
    // A claim of the wrong type, as a number where the column holds UUIDs, matches nothing.
    if (error instanceof BadUserInputError) return 'none';
    throw error;
  }
}

/** What is wrong with the policies of a table, found before any token is seen. */
export function policyProblems(table: Table): readonly Problem[] {
  return [...(table.policies ?? [])].flatMap(([role, policy]) => {
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
          reason: `its policy for the role ${role} is wrong: ${error.message}`,
          hint: 'correct "policies" in its directive; until then the role sees no rows',
        },
      ];
    }
  });
}

/** A caller's filter may leave things empty; in a policy that would quietly show rows, and so it is refused. */
function assertComplete(value: unknown, path: string): void {
  if (value === null || (typeof value === 'object' && isEmpty(value))) {
    throw new BadUserInputError(
      path,
      `${path} must not be empty in a policy, but got ${JSON.stringify(value)}`,
    );
  }
  if (typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) assertComplete(inner, `${path}.${key}`);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/**
 * The policy with each `{"claim": "<path>"}` that stands for an operator's value replaced by the claim's value, or
 * by null where there is none.
 */
function withClaims(table: Table, policy: PolicyFilter, claim: (path: string) => unknown): FilterInput {
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

function withOperands(operators: object, claim: (path: string) => unknown): FilterInput {
  return Object.fromEntries(
    Object.entries(operators).map(([operator, operand]: [string, unknown]) => [
      operator,
      Array.isArray(operand)
        ? operand.map((element: unknown) => withClaim(element, claim))
        : withClaim(operand, claim),
    ]),
  );
}

function withClaim(operand: unknown, claim: (path: string) => unknown): unknown {
  const path =
    typeof operand === 'object' && operand !== null && 'claim' in operand ? operand.claim : undefined;
  return typeof path === 'string' ? (claim(path) ?? null) : operand;
}
