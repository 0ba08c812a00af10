import type pg from 'pg';
import { ScanError } from '../../errors.ts';
import type { TypeDefinition } from '../../model/definition.ts';
import { undomained } from '../../model/statement.ts';

/**
 * A text that differs for types of which a value prints or means something else: `pg_catalog.int4`,
 * `pg_catalog.numeric(655366)`, `public.mood[] of sad, happy`.
 */
export function declaredType({
  schema,
  name,
  modifier,
  array,
  enum: labelled,
}: Omit<TypeDefinition, 'enum'> & {
  readonly enum: Pick<NonNullable<TypeDefinition['enum']>, 'labels'> | undefined;
}): string {
  const declared = `${schema}.${name}${modifier === undefined ? '' : `(${modifier})`}${array ? '[]' : ''}`;
  return labelled ? `${declared} of ${labelled.labels.join(', ')}` : declared;
}

/** A column that is not of the type any more that it had when the catalog was read. */
export class ChangedColumnError extends ScanError {
  constructor(table: string, column: string, now: string, before: string) {
    super(
      'SCAN_UNAVAILABLE',
      `${table} cannot be read until the catalog is read again: its column ${column} is ${now} now, and was ${before}`,
    );
  }
}

/** The types of an open cursor's columns, at their places; undefined for one that was made a moment ago. */
export async function typesOfCursor(
  client: pg.ClientBase,
  cursor: string,
): Promise<readonly (string | undefined)[]> {
  const { fields } = await client.query(`fetch forward 0 from ${cursor}`);
  const { rows } = await client.query<TypeRow>(describeTypes, [fields.map(({ dataTypeID }) => dataTypeID)]);
  return rows.map(({ nspname, typname, is_array, typmod, labels }, i) => {
    if (nspname === null || typname === null) return undefined;
    const modifier = Math.max(fields[i]?.dataTypeModifier ?? -1, typmod ?? -1);
    return declaredType({
      schema: nspname,
      name: typname,
      array: is_array,
      ...(modifier >= 0 && { modifier }),
      enum: labels ? { labels } : undefined,
    });
  });
}

/** As the introspection of the catalog names them. What a cursor says has no domains, except as elements of arrays. */
const describeTypes = `
  select n.nspname, coalesce(e.typname, t.typname) as typname, e.oid is not null as is_array, element.typmod,
    (select json_agg(l.enumlabel order by l.enumsortorder) from pg_catalog.pg_enum l
     where l.enumtypid = coalesce(e.oid, t.oid)) as labels
  from unnest($1::oid[]) with ordinality as described (oid, place)
  left join pg_catalog.pg_type t on t.oid = described.oid
  left join lateral ${undomained('t.typelem', '-1')} element on t.typcategory = 'A'
  left join pg_catalog.pg_type e on e.oid = element.oid
  left join pg_catalog.pg_namespace n on n.oid = coalesce(e.typnamespace, t.typnamespace)
  order by described.place`;

interface TypeRow {
  readonly nspname: string | null;
  readonly typname: string | null;
  readonly is_array: boolean;
  /** The modifier of the domain that the elements have; null if they have none. */
  readonly typmod: number | null;
  readonly labels: readonly string[] | null;
}
