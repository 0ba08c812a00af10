import { qualifiedName } from '../../model/statement.ts';

/**
 * Stand-ins for what a hosted database has and an embedded one lacks. Scripts rely on these objects, but only their names
 * matter, because the catalog is read and nothing in it is ever called.
 */

/** The roles that every database of Supabase or RDS has. */
const hostedRoles = [
  'anon',
  'authenticated',
  'service_role',
  'authenticator',
  'dashboard_user',
  'pgbouncer',
  'supabase_admin',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_functions_admin',
  'supabase_realtime_admin',
  'supabase_replication_admin',
  'supabase_read_only_user',
  'rds_superuser',
  'rds_iam',
];

/** The hosted roles that a text names. */
export function hostedRolesIn(text: string): string[] {
  return hostedRoles.filter((role) => new RegExp(`\\b${role}\\b`).test(text));
}

/**
 * Vault without encryption: the secrets of a file are in plain text, or, if it is a dump, cannot be decrypted. Those
 * have the nonce with which they were encrypted.
 *
 * Names and columns: https://github.com/supabase/vault/blob/v0.3.1/sql/supabase_vault--0.3.1.sql
 */
export const vault = `
create schema if not exists vault;
create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(), name text, description text not null default '', secret text not null,
  key_id uuid, nonce bytea, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create or replace view vault.decrypted_secrets as
  select id, name, description, secret, case when nonce is null then secret end as decrypted_secret, key_id, nonce,
    created_at, updated_at
  from vault.secrets;
create or replace function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null)
returns uuid language sql as $$
  insert into vault.secrets (secret, name, description, key_id)
  values (new_secret, new_name, new_description, new_key_id) returning id
$$;
create or replace function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
  new_key_id uuid default null)
returns void language sql as $$
  update vault.secrets set secret = coalesce(new_secret, secret), name = coalesce(new_name, name),
    description = coalesce(new_description, description), key_id = coalesce(new_key_id, key_id),
    nonce = case when new_secret is null then nonce end where id = secret_id
$$;`;

/** A handler that is never called. It only has to exist. */
export const handlerFunction = (name: string) =>
  `create or replace function ${name}() returns fdw_handler language internal as 'fdw_handler_in'`;

/** A validator that accepts everything. */
export const validatorFunction = (name: string) =>
  `create or replace function ${name}(text[], oid) returns void language plpgsql as 'begin end'`;

/** The foreign-data wrappers in https://github.com/supabase/wrappers/tree/v0.6.3/wrappers/src/fdw */
const wrappers =
  'airtable auth0 big_query click_house cognito duckdb dynamo_db firebase hello_world iceberg logflare mongodb mssql mysql redis s3 s3_vectors stripe wasm'.split(
    ' ',
  );

/** The handlers and validators of the extension Wrappers. */
export const wrappersFunctions = (schema: string) =>
  wrappers
    .flatMap((name) => [
      handlerFunction(qualifiedName({ schema, name: `${name}_fdw_handler` })),
      validatorFunction(qualifiedName({ schema, name: `${name}_fdw_validator` })),
    ])
    .join(';');

/** The extensions whose types columns of foreign tables may have, with these types. */
export const typesOfExtensions: readonly (readonly [extension: string, types: readonly string[]])[] = [
  ['citext', ['citext']],
  ['hstore', ['hstore']],
  ['ltree', ['ltree']],
  ['vector', ['vector', 'halfvec', 'sparsevec']],
  ['postgis', ['geometry', 'geography', 'box2d', 'box3d']],
];

/** A type that a column can have, with any modifiers. */
export function standInType(schema: string, name: string): string {
  const type = qualifiedName({ schema, name });
  const [input, output, modifiers] = ['in', 'out', 'typmod_in'].map((role) =>
    qualifiedName({ schema, name: `${name}_${role}` }),
  );
  return `create type ${type};
    create function ${input}(cstring) returns ${type} immutable strict language internal as 'textin';
    create function ${output}(${type}) returns cstring immutable strict language internal as 'textout';
    create function ${modifiers}(cstring[]) returns integer immutable strict language sql as 'select 1';
    create type ${type} (input = ${input}, output = ${output}, typmod_in = ${modifiers}, storage = extended)`;
}

/** The foreign-data wrapper that an extension creates, if it is known to create one. */
export function wrapperOfExtension(extension: string): string | undefined {
  if (extension === 'dblink') return 'dblink_fdw';
  if (extension === 'multicorn') return 'multicorn';
  return extension.endsWith('_fdw') ? extension : undefined;
}

/** The table that the Cognito FDW's `import foreign schema` creates. It always has this name. */
export const cognitoImport = {
  table: 'users',
  columns:
    'username text, email text, status text, enabled boolean, created_at timestamp, updated_at timestamp, attributes jsonb',
  options: "object 'users'",
} as const;
