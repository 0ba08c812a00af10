import type { CatalogDefinition, ForeignTableDefinition } from './definition.ts';
import { type Built, built } from './result.ts';
import { qualifiedName, quoteIdentifier } from './statement.ts';

/**
 * The table with only the columns that a role may SELECT, because any other column would fail the whole scan.
 *
 * @param role as which the rows are read through Postgres
 */
export function readableBy(
  table: ForeignTableDefinition,
  role: string,
  { roles }: Pick<CatalogDefinition, 'roles'>,
): Built<ForeignTableDefinition> {
  const path = `${table.schema}.${table.name}`;
  const grants = roles.find((candidate) => candidate.role === role);
  if (!grants) {
    return built(
      { ...table, columns: [] },
      {
        object: path,
        reason: `it is configured to be read as the role ${role}, which does not exist`,
        hint: 'correct "scan_as" in its directive',
      },
    );
  }
  const readable = grants.readable.get(table.schema)?.get(table.name);
  const columns = table.columns.filter(({ name }) => readable?.has(name));
  if (columns.length === table.columns.length) return built(table);
  const hidden = table.columns
    .filter(({ name }) => !readable?.has(name))
    .map(({ name }) => quoteIdentifier(name));
  const to = quoteIdentifier(role);
  return built(
    { ...table, columns },
    {
      object: path,
      reason: `the role ${role}, as which it is read, may not SELECT ${columns.length === 0 ? 'from it' : hidden.join(', ')}`,
      hint: [
        `grant usage on schema ${quoteIdentifier(table.schema)} to ${to};`,
        `grant select${columns.length === 0 ? '' : ` (${hidden.join(', ')})`}`,
        `on ${qualifiedName(table)} to ${to}`,
      ].join(' '),
    },
  );
}
