import { UsageError } from '../errors.ts';
import { grantsSql, tablesSql } from '../snapshot/exchange/postgres/schema.ts';
import type { ShareFlags } from './flags.ts';

/**
 * Prints what an owner of the database runs where the gateways' login may not create tables.
 *
 * @throws UsageError where it is not told to
 */
export function printShareSql({ sql, role, shareLogged }: ShareFlags): void {
  if (!sql) throw new UsageError('share prints SQL for an owner of the database to run: say so with --sql');
  process.stdout.write(tablesSql({ logged: shareLogged }) + grantsSql(role));
}
