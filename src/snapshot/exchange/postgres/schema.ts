import { quoteIdentifier } from '../../../model/statement.ts';

/** The schema of the tables through which gateways share scans. Other versions of the tables have other names. */
export const sharingSchema = 'fdw_graphql';
export const objectTable = `${sharingSchema}.shared_object_1`;
export const blockTable = `${sharingSchema}.shared_block_1`;
/** The channel for notifications of changes. */
export const newsChannel = 'fdw_graphql_shared';

const objectColumns: Readonly<Record<string, string>> = {
  name: 'text primary key',
  incarnation: 'uuid not null default gen_random_uuid()',
  holder: 'text',
  quota: 'text',
  epoch: 'bigint not null default 0',
  expires_at: 'timestamptz',
  progress: 'jsonb',
  began_at: 'timestamptz',
  sequence: 'bigint not null default 0',
  published_began_at: 'timestamptz',
  publication: 'jsonb',
};
const blockColumns: Readonly<Record<string, string>> = {
  object: 'text not null',
  hash: 'text not null',
  bytes: 'bytea not null',
};

/** The names of each table's columns. */
export const tableColumns: Readonly<Record<string, readonly string[]>> = {
  [objectTable]: Object.keys(objectColumns),
  [blockTable]: Object.keys(blockColumns),
};

/**
 * The SQL that creates missing tables.
 *
 * @param logged whether they survive a crash and are replicated, which costs time; their rows can always be scanned again
 */
export function tablesSql({ logged }: { readonly logged: boolean }): string {
  const persistence = logged ? '' : 'unlogged ';
  return `create schema if not exists ${sharingSchema};
create ${persistence}table if not exists ${objectTable} (
${definitions(objectColumns).join(',\n')}
);
create ${persistence}table if not exists ${blockTable} (
${[...definitions(blockColumns), '  primary key (object, hash)'].join(',\n')}
);
alter table ${blockTable} alter column bytes set storage external;
`;
}

function definitions(columns: Readonly<Record<string, string>>): string[] {
  return Object.entries(columns).map(([name, type]) => `  ${name} ${type}`);
}

/** The SQL that lets a login use the tables. */
export function grantsSql(role: string): string {
  const name = quoteIdentifier(role);
  return `grant usage on schema ${sharingSchema} to ${name};
grant select, insert, update, delete on ${objectTable}, ${blockTable} to ${name};
`;
}
