import type { ForeignTableDefinition } from '../../model/definition.ts';

/** The table, quoted, as it stands in a statement. */
export function tableReference({ schema, name }: Pick<ForeignTableDefinition, 'schema' | 'name'>): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** Reads exactly these columns of every row, so that a column nobody exposes is never fetched from the remote. */
export function selectStatement(
  table: Pick<ForeignTableDefinition, 'schema' | 'name'>,
  columns: readonly string[],
): string {
  return `select ${columns.map(quoteIdentifier).join(', ')} from ${tableReference(table)}`;
}

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
