-- Names that are taken: across schemas, by root fields, by the gateway's own types, by columns.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create schema a; create schema b;
create foreign table a.users (username text, email text, "nodeId" text options (attribute 'custom:n'))
  server s options (object 'users');
create foreign table b.users (username text) server s options (object 'users');
create foreign table b."Users" (username text) server s options (object 'users');
create foreign table b."PageInfo" (username text) server s options (object 'users');
create foreign table b."user accounts" (username text) server s options (object 'users');
comment on column a.users.email is '@graphql({"name": "username"})';
