import type { Node } from 'libpg-query';
import { codeOf, messageOf } from '../../errors.ts';

/** SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const sqlState = {
  featureNotSupported: '0A000',
  duplicateSchema: '42P06',
  duplicateObject: '42710',
  undefinedSchema: '3F000',
  undefinedTable: '42P01',
  undefinedFunction: '42883',
  undefinedObject: '42704',
} as const;

/** Why a statement was not run that the catalog does not need. */
export class Unneeded extends Error {}

/**
 * The first line of Postgres' own words, unless they may quote a value: it could be a secret.
 *
 * @param summary the beginning of the statement, which has no values
 */
export function describeFailure(error: unknown, summary: string): string {
  if (codeOf(error)?.startsWith('22')) return `a value is not valid (SQLSTATE ${codeOf(error)})`;
  const words = messageOf(error).replace(/ at or near "([\s\S]*)"/, (place, near: string) =>
    summary.includes(near) ? place : '',
  );
  return words.split('\n', 1)[0] ?? words;
}

/** Whether the role or schema to be created exists already, which is as good as creating it. */
export function isAlreadyThere(node: Node, error: unknown): boolean {
  const code = codeOf(error);
  return (
    ('CreateSchemaStmt' in node && code === sqlState.duplicateSchema) ||
    ('CreateRoleStmt' in node && code === sqlState.duplicateObject)
  );
}
