import { createHash } from 'node:crypto';
import type { CatalogClient } from '../introspection.ts';

/**
 * Everything that the introspection reads has a row in one of these system catalogs, and a changed row gets a new `xmin`.
 * This takes a few milliseconds, while reading everything costs more with every role.
 *
 * Foreign tables and views share their system catalogs with other relations, whose rows are ignored.
 */
const fingerprint = `
with relation as (
  select oid, xmin from pg_catalog.pg_class where relkind in ('f', 'v') and oid >= 16384
),
part(kind, content) as (
  select 'class', pg_catalog.string_agg(oid || ':' || xmin, ',' order by oid) from relation
  union all
  select 'attribute', pg_catalog.string_agg(attrelid || ':' || attnum || ':' || xmin, ',' order by attrelid, attnum)
  from pg_catalog.pg_attribute where attrelid in (select oid from relation)
  union all
  select 'rewrite', pg_catalog.string_agg(oid || ':' || xmin, ',' order by oid)
  from pg_catalog.pg_rewrite where ev_class in (select oid from relation)
  union all
  select 'table', pg_catalog.string_agg(ftrelid || ':' || xmin, ',' order by ftrelid) from pg_catalog.pg_foreign_table
  union all
  select 'server', pg_catalog.string_agg(oid || ':' || xmin, ',' order by oid) from pg_catalog.pg_foreign_server
  union all
  select 'wrapper', pg_catalog.string_agg(w.oid || ':' || w.xmin || ':' || coalesce(p.xmin::text, ''), ',' order by w.oid)
  from pg_catalog.pg_foreign_data_wrapper w left join pg_catalog.pg_proc p on p.oid = w.fdwhandler
  union all
  select 'namespace', pg_catalog.string_agg(oid || ':' || xmin, ',' order by oid)
  from pg_catalog.pg_namespace where nspname !~ '^pg_(toast_)?temp_'
  union all
  select 'type', pg_catalog.string_agg(oid || ':' || xmin, ',' order by oid)
  from pg_catalog.pg_type where typtype in ('d', 'e') and oid >= 16384
  union all
  select 'enum', pg_catalog.string_agg(oid || ':' || xmin, ',' order by oid) from pg_catalog.pg_enum
  union all
  select 'comment', pg_catalog.string_agg(classoid || ':' || objoid || ':' || objsubid || ':' || xmin, ','
    order by classoid, objoid, objsubid)
  from pg_catalog.pg_description where objoid >= 16384 or classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
  union all
  select 'role', pg_catalog.string_agg(oid || ':' || rolname || ':' || rolsuper || rolinherit, ',' order by oid)
  from pg_catalog.pg_roles
  union all
  select 'member', pg_catalog.string_agg(roleid || ':' || member || ':' || xmin, ',' order by roleid, member, xmin::text)
  from pg_catalog.pg_auth_members
)
select pg_catalog.md5(pg_catalog.string_agg(kind || '=' || coalesce(content, ''), ';' order by kind)) as fingerprint
from part`;

/** A text that changes whenever the result of the introspection may have changed. */
export async function catalogFingerprint(client: CatalogClient): Promise<string> {
  const { rows } = await client.query<{ fingerprint: string }>(fingerprint);
  return rows[0]?.fingerprint ?? '';
}

/**
 * A text that changes with the secrets, but does not reveal them.
 *
 * @param read reads a secret, or rejects if there is none
 */
export async function secretsFingerprint(
  references: readonly string[],
  read: (reference: string) => Promise<string>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const reference of references) {
    const secret = await read(reference).catch((error: Error) => error.message);
    hash.update(JSON.stringify([reference, secret]));
  }
  return hash.digest('hex');
}
