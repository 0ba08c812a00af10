/** An identifier for use in a statement, quoted if necessary, like Postgres' `quote_ident`. */
export function quoteIdentifier(name: string): string {
  return simpleName.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A qualified name for use in a statement. */
export function qualifiedName(object: { readonly schema: string; readonly name: string }): string {
  return `${quoteIdentifier(object.schema)}.${quoteIdentifier(object.name)}`;
}

/**
 * A subquery for the type that a domain stands for, over however many domains, with one row of its `oid` and `typmod`. Any
 * other type stands for itself.
 *
 * @param type an expression for the type's OID, of a table that is not called `of_it`
 * @param modifier an expression for the modifier that it is declared with
 */
export function undomained(type: string, modifier: string): string {
  return `(
    with recursive undomained(oid, base, typmod, base_typmod, depth) as (
      select of_it.oid, of_it.typbasetype, ${modifier}, of_it.typtypmod, 0
      from pg_catalog.pg_type of_it where of_it.oid = ${type}
      union all
      select below.oid, below.typbasetype, it.base_typmod, below.typtypmod, it.depth + 1
      from undomained it join pg_catalog.pg_type below on below.oid = it.base
      where it.base <> 0
    )
    select oid, typmod from undomained order by depth desc limit 1
  )`;
}

/** A statement that gives an object a directive, for hints to propose. */
export function commentOn(kind: string, path: readonly string[], settings: object): string {
  const json = JSON.stringify(settings, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/(?<=\{) | (?=\})/g, '')
    .replaceAll("'", "''");
  return `comment on ${kind} ${path.map(quoteIdentifier).join('.')} is '@graphql(${json})'`;
}

/** The identifiers that need no quotes: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
const simpleName = /^[a-z_][a-z0-9_]*$/;

/** The words that need quotes: those of PostgreSQL 18's `pg_get_keywords()` whose `catcode` is not `U` (unreserved). */
const keywords: ReadonlySet<string> = new Set(
  `
  all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
  case cast char character check coalesce collate collation column concurrently constraint create cross
  current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
  decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
  freeze from full grant greatest group grouping having ilike in initially inner inout int integer
  intersect interval into is isnull join json json_array json_arrayagg json_exists json_object
  json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left
  like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null
  nullif numeric offset on only or order out outer overlaps overlay placing position precision primary
  real references returning right row select session_user setof similar smallint some substring symmetric
  system_user table tablesample then time timestamp to trailing treat trim true union unique user using
  values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
  xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
`
    .trim()
    .split(/\s+/),
);
