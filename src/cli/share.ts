import { UsageError } from '../errors.ts';
import { grantsSql, tablesSql } from '../snapshot/exchange/postgres/schema.ts';
import type { ShareFlags } from './flags/flags.ts';

/**
 * Prints the SQL for an owner of the database to run if the gateways' login may not create tables.
 *
 * @throws UsageError without `--sql`
 */
export function printShareSql({ sql, role, shareLogged }: ShareFlags): void {
  if (!sql) throw new UsageError('share needs --sql: it prints the SQL for an owner of the database to run');
  process.stdout.write(tablesSql({ logged: shareLogged }) + grantsSql(role));
}
