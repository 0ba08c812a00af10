-- Enums: with names of their own, with mapped labels, as lists, and such as GraphQL cannot have.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create type st as enum ('New', 'Open-Updated');
create type mood as enum ('sad', 'ok');
create type plan as enum ('free of charge');
create type "usersFilter" as enum ('a');
create foreign table users (
  username text,
  state st options (attribute 'custom:state'),
  moods mood[] options (attribute 'custom:moods'),
  plan plan options (attribute 'custom:plan'),
  filter "usersFilter" options (attribute 'custom:filter')
) server s options (object 'users');
create foreign table "moodList" (username text) server s options (object 'users');
comment on type st is 'Where a case stands. @graphql({"name": "State", "mappings": {"Open-Updated": "Open_Updated"}})';
