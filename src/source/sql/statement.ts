import type { ForeignTableDefinition } from '../../model/definition.ts';
import { qualifiedName, quoteIdentifier } from '../../model/statement.ts';

/** Reads exactly these columns of every row, so that a column nobody exposes is never fetched from the remote. */
export function selectStatement(
  table: Pick<ForeignTableDefinition, 'schema' | 'name'>,
  columns: readonly string[],
): string {
  return `select ${columns.map(quoteIdentifier).join(', ')} from ${qualifiedName(table)}`;
}
