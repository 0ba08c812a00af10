-- The catalog that the gateway reads: users of a pool, and the shop's orders behind postgres_fdw.

create foreign data wrapper cognito_wrapper;

create server cognito_server foreign data wrapper cognito_wrapper options (
  region 'us-east-1',
  user_pool_id 'us-east-1_Demo12345'
);

create schema cognito;

create foreign table cognito.users (
  username text, email text, status text, enabled boolean,
  created_at timestamp, updated_at timestamp, attributes jsonb
) server cognito_server options (object 'users');

create extension postgres_fdw;

create server shop foreign data wrapper postgres_fdw options (host '127.0.0.1', dbname 'shop');

create user mapping for current_user server shop options (user 'shop_reader', password 'shop_reader');

create schema shop;

create foreign table shop.orders (
  id integer, username text, status text, total numeric(10, 2), placed_at timestamptz
) server shop options (schema_name 'public', table_name 'orders');

comment on foreign table shop.orders is '@graphql({
  "name": "Order",
  "primary_key_columns": ["id"],
  "max_age": "5m",
  "foreign_keys": [{
    "local_name": "orders", "local_columns": ["username"],
    "foreign_name": "buyer", "foreign_schema": "cognito", "foreign_table": "users", "foreign_columns": ["username"]}]
})';
