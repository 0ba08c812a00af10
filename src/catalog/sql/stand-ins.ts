/**
 * What a hosted database has and an embedded one lacks. Files take it for granted; here it stands in by name alone,
 * since a catalog is read and never run.
 */

/** Supabase's and RDS' own roles, which every database of theirs has. */
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

/** Those of them that a text names. */
export function hostedRolesIn(text: string): string[] {
  return hostedRoles.filter((role) => new RegExp(`\\b${role}\\b`).test(text));
}

/**
 * Vault without encryption: secrets of a file are as plain as the file.
 *
 * Names and columns: https://github.com/supabase/vault/blob/v0.3.1/sql/supabase_vault--0.3.1.sql
 */
export const vault = `
create schema if not exists vault;
create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(), name text, description text not null default '', secret text not null,
  key_id uuid, nonce bytea, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create or replace view vault.decrypted_secrets as
  select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at
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
    description = coalesce(new_description, description), key_id = coalesce(new_key_id, key_id) where id = secret_id
$$;`;

/** A handler that no one calls. The function behind it only has to exist. */
export const handlerFunction = (name: string) =>
  `create function ${name}() returns fdw_handler language internal as 'fdw_handler_in'`;

/** A validator that accepts everything. */
export const validatorFunction = (name: string) =>
  `create function ${name}(text[], oid) returns void language plpgsql as 'begin end'`;

/** The wrapper that an extension brings, where it is known to bring one. */
export function wrapperOfExtension(extension: string): string | undefined {
  if (extension === 'dblink') return 'dblink_fdw';
  return extension.endsWith('_fdw') ? extension : undefined;
}

/** The columns of the table that the Cognito FDW's import makes. Always of this name, whatever it is imported from. */
export const cognitoImport = {
  table: 'users',
  columns:
    'username text, email text, status text, enabled boolean, created_at timestamp, updated_at timestamp, attributes jsonb',
  options: "object 'users'",
} as const;
