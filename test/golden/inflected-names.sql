-- Names inflected by the schema's directive, with names of their own on top.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create schema auth;
comment on schema auth is '@graphql({"inflect_names": true})';
create type auth.user_plan as enum ('free', 'pro');
create foreign table auth.user_accounts (
  username text, given_name text, email_verified boolean,
  plan auth.user_plan options (attribute 'custom:plan')
) server s options (object 'users');
create foreign table auth.staff_members (username text, family_name text) server s options (object 'users');
comment on foreign table auth.staff_members is '@graphql({"name": "Staff"})';
comment on column auth.staff_members.family_name is '@graphql({"name": "surname"})';
