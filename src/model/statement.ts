/** An identifier as SQL reads it: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A statement that gives an object a directive, to be pasted where a hint proposes it. */
export function commentOn(kind: string, path: readonly string[], settings: object): string {
  const json = JSON.stringify(settings, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/(?<=\{) | (?=\})/g, '')
    .replaceAll("'", "''");
  return `comment on ${kind} ${path.map(quoteIdentifier).join('.')} is '@graphql(${json})'`;
}
