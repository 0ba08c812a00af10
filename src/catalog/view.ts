import type { ResTarget, SelectStmt } from 'libpg-query';
import type { RoleGrants, ViewDefinition } from '../model/definition.ts';
import type { Reason } from '../model/model.ts';
import { failure, type Result, success } from '../model/result.ts';
import { loadParser, parseStatement } from './sql/statement.ts';

/**
 * The columns that a view selects from the one relation it reads, in the view's order, or why it is not such a view.
 *
 * @param sql the view's query as `pg_get_viewdef` returns it
 */
export async function readView(sql: string): Promise<Result<readonly string[], Reason>> {
  await loadParser();
  const { node } = parseStatement(sql);
  if (!node || !('SelectStmt' in node)) return unsupported('its query cannot be read');
  const select = node.SelectStmt;
  const excess = clauses.find(([clause]) => isPresent(select[clause]));
  if (excess) return unsupported(excess[1]);
  if (select.op !== undefined && select.op !== 'SETOP_NONE')
    return unsupported('it combines several queries');
  const [relation, ...others] = select.fromClause ?? [];
  if (!relation || others.length > 0 || !('RangeVar' in relation)) {
    return severalRelations;
  }
  if (relation.RangeVar.alias?.colnames?.length) return unsupported('it renames the columns of the table');
  const columns: string[] = [];
  for (const target of select.targetList ?? []) {
    const column = 'ResTarget' in target ? columnOf(target.ResTarget) : undefined;
    if (column === undefined) return unsupported('it computes a column');
    columns.push(column);
  }
  return success(columns);
}

/** The clauses that a query which only selects columns does not have, and what each does. */
const clauses: readonly (readonly [keyof SelectStmt, string])[] = [
  ['withClause', 'it has a with clause'],
  ['distinctClause', 'it leaves out duplicates'],
  ['whereClause', 'it filters rows'],
  ['groupClause', 'it groups rows'],
  ['havingClause', 'it filters groups'],
  ['windowClause', 'it has windows'],
  ['valuesLists', 'it has rows of its own'],
  ['sortClause', 'it orders rows'],
  ['limitCount', 'it limits rows'],
  ['limitOffset', 'it skips rows'],
  ['lockingClause', 'it locks rows'],
];

function isPresent(clause: unknown): boolean {
  return Array.isArray(clause) ? clause.length > 0 : clause !== undefined && clause !== null;
}

/** The column of a target; undefined if it is something else. */
function columnOf({ val }: ResTarget): string | undefined {
  if (!val || !('ColumnRef' in val)) return undefined;
  const field = val.ColumnRef.fields?.at(-1);
  return field && 'String' in field ? field.String.sval : undefined;
}

/**
 * The grants of roles, with the columns of each view that the role may read and that the role as which the view reads may
 * read from its relation.
 */
export function withReadableViews(
  roles: readonly RoleGrants[],
  views: readonly ViewDefinition[],
): readonly RoleGrants[] {
  const readableBy = new Map(roles.map(({ role, readable }) => [role, readable]));
  return roles.map(({ role, readable }) => {
    const byTable = new Map([...readable].map(([schema, tables]) => [schema, new Map(tables)]));
    for (const { schema, name, reader, columns, base } of views) {
      const own = readable.get(schema)?.get(name);
      if (!own || !base.ok) continue;
      const below = readableBy
        .get(reader ?? role)
        ?.get(base.value.schema)
        ?.get(base.value.name);
      const visible = columns.flatMap((column, i) =>
        own.has(column.name) && below?.has(base.value.columns[i] ?? '') ? [column.name] : [],
      );
      byTable.get(schema)?.set(name, new Set(visible));
    }
    return { role, readable: byTable };
  });
}

/** Why a view of several relations is not part of the API. */
export const severalRelations = unsupported('it reads more than one relation');

function unsupported(why: string): Result<never, Reason> {
  return failure({
    reason: `a view is part of the API only if it just selects columns of one foreign table, but ${why}`,
    hint: 'filter, order and count in the query instead, or revoke the view from the roles of the API',
  });
}
