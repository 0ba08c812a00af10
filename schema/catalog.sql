-- The foreign tables that `fdw-graphql demo` serves and that the documentation shows.
-- They are what someone writes in Postgres for the Supabase Wrappers Cognito FDW; without the extension the
-- wrapper is created with no handler, and the catalog is all that the gateway reads.

create foreign data wrapper cognito_wrapper;

-- No keys: requests are signed by AWS' own credential chain (environment, profile or IAM role).
create server cognito_server foreign data wrapper cognito_wrapper options (
  region 'us-east-1',
  user_pool_id 'us-east-1_Demo12345'
);

create schema cognito;

create type cognito.plan as enum ('free', 'pro', 'team', 'enterprise');

create foreign table cognito.users (
  username text,
  email text,
  status text,
  enabled boolean,
  created_at timestamp,
  updated_at timestamp,
  attributes jsonb
) server cognito_server options (object 'users');

comment on foreign table cognito.users is e'Everyone who can sign in.\n@graphql({"name": "CognitoUser", "aggregate": {"enabled": true}})';
comment on column cognito.users.status is 'UNCONFIRMED, CONFIRMED, EXTERNAL_PROVIDER, …: an open set.';

-- The same pool with a column for each attribute of interest, read as the column's type.
create foreign table cognito.members (
  sub uuid not null,
  email text,
  email_verified boolean,
  given_name text,
  family_name text,
  phone_number text,
  locale text,
  tenant uuid options (attribute 'custom:tenant'),
  plan cognito.plan options (attribute 'custom:plan'),
  seats integer options (attribute 'custom:seats'),
  created_at timestamptz
) server cognito_server options (object 'users');

comment on foreign table cognito.members is e'Users as members of a tenant.\n@graphql({"name": "Member", "primary_key_columns": ["sub"], "aggregate": {"enabled": true}})';
