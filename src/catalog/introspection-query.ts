import { undomained } from '../model/statement.ts';

/**
 * Reads every foreign table, its columns, server and wrapper, and what each role may read of them, in one statement, so
 * that everything comes from one snapshot of the catalog. It works on PostgreSQL 14 and later and needs no privileges but
 * CONNECT, because these system catalogs are readable by everyone.
 */
export const introspectionQuery = `
with recursive foreign_table as (
  select ft.ftrelid, ft.ftserver, ft.ftoptions, c.relname, c.relnamespace, n.nspname
  from pg_catalog.pg_foreign_table ft
  join pg_catalog.pg_class c on c.oid = ft.ftrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
),
-- The foreign tables, and what reads them directly or through other views.
reading (relid) as (
  select ftrelid from foreign_table
  union
  select r.ev_class
  from reading f
  join pg_catalog.pg_depend d
    on d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = f.relid
    and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
  join pg_catalog.pg_rewrite r on r.oid = d.objid
),
foreign_view as (
  select c.oid as relid, c.relname, c.relnamespace, n.nspname, c.relowner, c.reloptions
  from reading
  join pg_catalog.pg_class c on c.oid = reading.relid and c.relkind = 'v'
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
),
relation as (
  select ftrelid as relid, relname, relnamespace, nspname from foreign_table
  union all
  select relid, relname, relnamespace, nspname from foreign_view
),
relation_column as (
  select a.attrelid, a.attnum, a.attname, a.attnotnull, a.attfdwoptions, base.oid as type_oid,
    element.oid as element_oid, coalesce(element.typmod, base.typmod) as type_modifier
  from pg_catalog.pg_attribute a
  join relation on relation.relid = a.attrelid
  -- Columns may have domains, over arrays too, and the elements of arrays may.
  cross join lateral ${undomained('a.atttypid', 'a.atttypmod')} base
  join pg_catalog.pg_type bt on bt.oid = base.oid
  left join lateral ${undomained('bt.typelem', 'base.typmod')} element on bt.typcategory = 'A'
  where a.attnum > 0 and not a.attisdropped
),
described_columns as (
  select a.attrelid, json_agg(json_build_object(
    'attname', a.attname,
    'attnotnull', a.attnotnull,
    'attfdwoptions', a.attfdwoptions,
    'comment', pg_catalog.col_description(a.attrelid, a.attnum),
    'typname', coalesce(e.typname, t.typname),
    'typnspname', tn.nspname,
    'is_array', e.oid is not null,
    'modifier', a.type_modifier,
    'enum_labels', (
      select json_agg(l.enumlabel order by l.enumsortorder)
      from pg_catalog.pg_enum l
      where l.enumtypid = coalesce(e.oid, t.oid)
    ),
    'enum_comment', pg_catalog.obj_description(coalesce(e.oid, t.oid), 'pg_type')
  ) order by a.attnum) as columns
  from relation_column a
  join pg_catalog.pg_type t on t.oid = a.type_oid
  left join pg_catalog.pg_type e on e.oid = a.element_oid
  join pg_catalog.pg_namespace tn on tn.oid = coalesce(e.typnamespace, t.typnamespace)
  group by a.attrelid
)
select (json_build_object(
  'login_role', current_user,
  'schemas', (
    select coalesce(json_agg(json_build_object(
      'nspname', n.nspname,
      'comment', pg_catalog.obj_description(n.oid, 'pg_namespace')
    ) order by n.nspname collate "C"), '[]')
    from pg_catalog.pg_namespace n
    where n.oid in (select relnamespace from relation)
  ),
  'servers', (
    select coalesce(json_agg(json_build_object(
      'srvname', s.srvname,
      'comment', pg_catalog.obj_description(s.oid, 'pg_foreign_server'),
      'srvoptions', s.srvoptions,
      'fdwname', w.fdwname,
      'fdwcomment', pg_catalog.obj_description(w.oid, 'pg_foreign_data_wrapper'),
      'fdwoptions', w.fdwoptions,
      'handler', p.proname
    ) order by s.srvname collate "C"), '[]')
    from pg_catalog.pg_foreign_server s
    join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
    left join pg_catalog.pg_proc p on p.oid = w.fdwhandler
  ),
  'tables', (
    select coalesce(json_agg(json_build_object(
      'nspname', f.nspname,
      'relname', f.relname,
      'srvname', s.srvname,
      'ftoptions', f.ftoptions,
      'comment', pg_catalog.obj_description(f.ftrelid, 'pg_class'),
      'columns', coalesce(c.columns, '[]')
    ) order by f.nspname collate "C", f.relname collate "C"), '[]')
    from foreign_table f
    join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    left join described_columns c on c.attrelid = f.ftrelid
  ),
  'views', (
    select coalesce(json_agg(json_build_object(
      'nspname', v.nspname,
      'relname', v.relname,
      'comment', pg_catalog.obj_description(v.relid, 'pg_class'),
      'owner', pg_catalog.pg_get_userbyid(v.relowner),
      'security_invoker', coalesce((
        select o.option_value::boolean
        from pg_catalog.pg_options_to_table(v.reloptions) o
        where o.option_name = 'security_invoker'
      ), false),
      'definition', pg_catalog.pg_get_viewdef(v.relid),
      'bases', (
        select json_agg(json_build_object('nspname', n.nspname, 'relname', b.relname)
          order by n.nspname collate "C", b.relname collate "C")
        from pg_catalog.pg_class b
        join pg_catalog.pg_namespace n on n.oid = b.relnamespace
        where b.oid <> v.relid and b.oid in (
          select d.refobjid
          from pg_catalog.pg_rewrite r
          join pg_catalog.pg_depend d
            on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          where r.ev_class = v.relid
        )
      ),
      'columns', coalesce(c.columns, '[]')
    ) order by v.nspname collate "C", v.relname collate "C"), '[]')
    from foreign_view v
    left join described_columns c on c.attrelid = v.relid
  ),
  'roles', (
    select coalesce(json_agg(json_build_object('rolname', r.rolname, 'readable', (
      select coalesce(json_agg(json_build_object(
        'nspname', f.nspname,
        'relname', f.relname,
        'columns', (
          select coalesce(json_agg(a.attname order by a.attnum), '[]')
          from relation_column a
          where a.attrelid = f.relid
            and pg_catalog.has_column_privilege(r.oid, f.relid, a.attnum, 'SELECT')
        )
      )), '[]')
      from relation f
      where pg_catalog.has_schema_privilege(r.oid, f.relnamespace, 'USAGE')
        and pg_catalog.has_any_column_privilege(r.oid, f.relid, 'SELECT')
    )) order by r.rolname collate "C"), '[]')
    from pg_catalog.pg_roles r
  )
)::text) as catalog`;

/** The JSON that the statement returns, in Postgres' own names. */
export interface CatalogRow {
  readonly login_role: string;
  readonly schemas: readonly { readonly nspname: string; readonly comment: string | null }[];
  readonly servers: readonly {
    readonly srvname: string;
    readonly comment: string | null;
    readonly srvoptions: readonly string[] | null;
    readonly fdwname: string;
    readonly fdwcomment: string | null;
    readonly fdwoptions: readonly string[] | null;
    readonly handler: string | null;
  }[];
  readonly tables: readonly {
    readonly nspname: string;
    readonly relname: string;
    readonly srvname: string;
    readonly ftoptions: readonly string[] | null;
    readonly comment: string | null;
    readonly columns: readonly ColumnRow[];
  }[];
  readonly views: readonly ViewRow[];
  readonly roles: readonly {
    readonly rolname: string;
    readonly readable: readonly {
      readonly nspname: string;
      readonly relname: string;
      readonly columns: readonly string[];
    }[];
  }[];
}

/** A view that depends on a foreign table. */
export interface ViewRow {
  readonly nspname: string;
  readonly relname: string;
  readonly comment: string | null;
  readonly owner: string;
  readonly security_invoker: boolean;
  readonly definition: string;
  /** All relations that the view reads. */
  readonly bases: readonly { readonly nspname: string; readonly relname: string }[];
  readonly columns: readonly ColumnRow[];
}

export interface ColumnRow {
  readonly attname: string;
  readonly attnotnull: boolean;
  readonly attfdwoptions: readonly string[] | null;
  readonly comment: string | null;
  readonly typname: string;
  readonly typnspname: string;
  readonly is_array: boolean;
  /** The type modifier; -1 if there is none. */
  readonly modifier: number;
  readonly enum_labels: readonly string[] | null;
  readonly enum_comment: string | null;
}
