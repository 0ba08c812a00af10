import type pg from 'pg';

/** The zeros that a number is padded with at most: more are not written out, as they are by Postgres. */
const mostZeros = 400;

/** A number as Postgres writes it, with an exponent instead of hundreds of zeros. */
function withoutManyZeros(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(text) ?? [];
  const significant = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '') || '0';
  const written = whole.replace(/^0$/, '').length + fraction.length;
  const digits = significant === '0' ? 0 : significant.length;
  if (written - digits <= mostZeros) return text;
  const trailing = /0*$/.exec(`${whole}${fraction}`)?.[0].length ?? 0;
  return `${sign}${significant}e${digits === 0 ? 0 : trailing - fraction.length}`;
}

/**
 * What Postgres makes of a text: `to_jsonb(text::type)::text`, or undefined where its input function raises. Of
 * `json`, which not always becomes `jsonb`, the text itself.
 */
export async function readByPostgres(
  client: pg.Client,
  type: string,
  texts: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const { rows } = await client.query<{ jsonb: string | null }>(
    `select case when pg_input_is_valid(t, '${type}') then ${type === 'json' ? 't::json' : `to_jsonb(t::${type})`}::text end as jsonb
     from unnest($1::text[]) with ordinality as u(t, i) order by i`,
    [texts],
  );
  const numbers = /-?\d+(?:\.\d+)?/g;
  const writesNumbers = /^numeric|^jsonb/.test(type);
  return rows.map(
    ({ jsonb }) => (writesNumbers ? jsonb?.replace(numbers, withoutManyZeros) : jsonb) ?? undefined,
  );
}

/** How Postgres compares pairs of texts of a type: -1, 0 or 1. */
export async function compareByPostgres(
  client: pg.Client,
  type: string,
  pairs: readonly (readonly [string, string])[],
): Promise<readonly number[]> {
  const { rows } = await client.query<{ order: number }>(
    `select case when a::${type} < b::${type} then -1 when a::${type} > b::${type} then 1 else 0 end as order
     from unnest($1::text[], $2::text[]) with ordinality as u(a, b, i) order by i`,
    [pairs.map(([a]) => a), pairs.map(([, b]) => b)],
  );
  return rows.map(({ order }) => order);
}
