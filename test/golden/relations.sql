-- Foreign keys in both directions: to many, and to one.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table users (username text, email text) server s options (object 'users');
create foreign table employees (
  username text, manager_id text options (attribute 'custom:manager')
) server s options (object 'users');
comment on foreign table employees is '@graphql({"foreign_keys": [
  {"local_name": "reports", "local_columns": ["manager_id"], "foreign_name": "manager",
   "foreign_schema": "public", "foreign_table": "users", "foreign_columns": ["username"]},
  {"local_columns": ["username"],
   "foreign_schema": "public", "foreign_table": "users", "foreign_columns": ["username"]}]})';
