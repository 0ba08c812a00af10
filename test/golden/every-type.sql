-- A column of every type the contract names, and some that it does not.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create extension if not exists citext;
create type plan as enum ('free', 'pro');
create domain seats as integer;
create foreign table typed (
  username text,
  a_text text options (attribute 'custom:a'),
  a_varchar varchar(10) options (attribute 'custom:a'),
  a_bpchar char(3) options (attribute 'custom:a'),
  a_citext citext options (attribute 'custom:a'),
  a_int2 int2 options (attribute 'custom:a'),
  a_int4 int4 options (attribute 'custom:a'),
  a_int8 int8 options (attribute 'custom:a'),
  a_float4 float4 options (attribute 'custom:a'),
  a_float8 float8 options (attribute 'custom:a'),
  a_numeric numeric(10, 2) options (attribute 'custom:a'),
  a_bool bool options (attribute 'custom:a'),
  a_uuid uuid options (attribute 'custom:a'),
  a_date date options (attribute 'custom:a'),
  a_time time options (attribute 'custom:a'),
  a_timestamp timestamp options (attribute 'custom:a'),
  a_timestamptz timestamptz options (attribute 'custom:a'),
  a_json json options (attribute 'custom:a'),
  a_jsonb jsonb options (attribute 'custom:a'),
  a_domain seats options (attribute 'custom:a'),
  an_enum plan options (attribute 'custom:a'),
  an_inet inet options (attribute 'custom:a'),
  an_interval interval options (attribute 'custom:a'),
  texts text[] options (attribute 'custom:a'),
  numbers int8[] options (attribute 'custom:a'),
  plans plan[] options (attribute 'custom:a'),
  documents jsonb[] options (attribute 'custom:a'),
  required text options (attribute 'custom:a') not null
) server s options (object 'users');
comment on foreign table typed is '@graphql({"aggregate": {"enabled": true}})';
