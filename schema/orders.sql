-- A second kind of foreign table beside the users of catalog.sql: orders that `file_fdw` reads. `fdw-graphql demo` has
-- made the file; any other wrapper with a handler, such as postgres_fdw, would do the same.

create extension file_fdw;

create server shop_files foreign data wrapper file_fdw;

create schema shop;

create type shop.order_status as enum ('open', 'paid', 'sent', 'returned');

create foreign table shop.orders (
  id integer,
  username text,
  status shop.order_status,
  items integer,
  total numeric(10, 2),
  placed_at timestamptz
) server shop_files options (filename '/demo/orders.csv', format 'csv');

-- What tells orders apart, to whom each belongs, and how old they may be.
comment on foreign table shop.orders is e'What users have ordered.\n@graphql({
  "name": "Order",
  "primary_key_columns": ["id"],
  "max_age": "1h",
  "aggregate": {"enabled": true},
  "foreign_keys": [{
    "local_name": "orders", "local_columns": ["username"],
    "foreign_name": "buyer", "foreign_schema": "cognito", "foreign_table": "users", "foreign_columns": ["username"]
  }]
})';
