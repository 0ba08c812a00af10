import type { RoleGrants } from '../model/definition.ts';
import type { Table } from '../model/model.ts';

/** What a role sees of a table. */
export interface RoleView {
  readonly role: string;
  /** The number of columns it may read. */
  readonly columns: number;
  /** All rows, none, or those that match a policy's filter. */
  readonly rows: 'all' | 'none' | 'filtered';
}

/** What each role sees of a table, without the roles that may not read any of its columns. */
export function roleViews(table: Table, roles: readonly RoleGrants[]): readonly RoleView[] {
  return roles.filter(({ role }) => !isBuiltIn(role)).flatMap((grants) => viewOf(table, grants) ?? []);
}

function viewOf({ schema, name, columns, policies }: Table, { role, readable }: RoleGrants) {
  const granted = readable.get(schema)?.get(name);
  const visible = columns.filter((column) => granted?.has(column.name)).length;
  if (visible === 0) return undefined;
  const policy = policies?.get(role);
  return { role, columns: visible, rows: rowsOf(policies !== undefined, policy) };
}

/** As soon as a table has policies, a role without one sees no rows; an empty filter matches all. */
function rowsOf(hasPolicies: boolean, policy: object | undefined): RoleView['rows'] {
  if (!hasPolicies) return 'all';
  if (!policy) return 'none';
  return Object.keys(policy).length === 0 ? 'all' : 'filtered';
}

/** Postgres' own roles, whose names nobody else may take: https://www.postgresql.org/docs/current/predefined-roles.html */
function isBuiltIn(role: string): boolean {
  return role.startsWith('pg_');
}
