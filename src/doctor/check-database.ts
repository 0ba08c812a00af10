import type { Client } from 'pg';
import { qualifiedName } from '../model/statement.ts';
import type { Finding } from '../source/finding.ts';
import type { CatalogDatabase } from '../source/kind.ts';

/** The part of a connection that is used. */
type Session = Pick<Client, 'query'>;

/** The connection itself: who is connected to what, and whether others can listen. */
export async function checkDatabase(
  { openSession, name }: CatalogDatabase,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const session = await openSession(signal);
  try {
    return [
      await connection(session, name),
      await encryption(session, name),
      ...(await materializedViews(session)),
    ];
  } finally {
    await session.end();
  }
}

async function connection(session: Session, name: string): Promise<Finding> {
  const { rows } = await session.query<{ role: string; version: string }>(
    "select current_user as role, current_setting('server_version') as version",
  );
  return {
    check: 'connection',
    status: 'ok',
    detail: `${rows[0]?.role} at ${name}, PostgreSQL ${rows[0]?.version}`,
  };
}

async function encryption(session: Session, name: string): Promise<Finding> {
  const check = 'TLS';
  const { rows } = await session.query<{ version: string | null; local: boolean }>(
    `select s.version, coalesce(inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true) as local
     from pg_catalog.pg_stat_ssl s where s.pid = pg_catalog.pg_backend_pid()`,
  );
  const [row] = rows;
  if (row?.version) return { check, status: 'ok', detail: row.version };
  if (row?.local ?? true) return { check, status: 'ok', detail: 'none, on a connection within this machine' };
  return {
    check,
    status: 'warn',
    detail: `the connection to ${name} is not encrypted: passwords and secrets of Vault can be read on the way`,
    fix: 'add ?sslmode=verify-full to --database-url, and sslrootcert=FILE if the certificate is not from a public authority',
  };
}

/**
 * Materialized views on foreign tables make the restoring of a logical backup fail, since it would have to scan:
 * https://supabase.com/docs/guides/database/extensions/wrappers/cognito
 */
async function materializedViews(session: Session): Promise<readonly Finding[]> {
  const { rows } = await session.query<{ schema: string; view: string; tables: string }>(`
    select n.nspname as schema, v.relname as view, string_agg(distinct t.oid::regclass::text, ', ') as tables
    from pg_catalog.pg_class v
    join pg_catalog.pg_namespace n on n.oid = v.relnamespace
    join pg_catalog.pg_rewrite r on r.ev_class = v.oid
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
    join pg_catalog.pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_catalog.pg_class'::regclass
    where v.relkind = 'm' and t.relkind = 'f'
    group by 1, 2 order by 1, 2`);
  return rows.map(({ schema, view, tables }) => ({
    check: 'materialized view',
    status: 'warn',
    detail: `${schema}.${view} is on the foreign table ${tables}: a logical backup of this database may not be restorable`,
    fix: `drop materialized view ${qualifiedName({ schema, name: view })};`,
  }));
}
