-- Who may read the orders of orders.sql: the roles of roles.sql, but for visitors.

grant usage on schema shop to authenticated, service_role;
grant select on shop.orders to authenticated, service_role;

comment on foreign table shop.orders is e'What users have ordered.\n@graphql({
  "name": "Order",
  "primary_key_columns": ["id"],
  "max_age": "1h",
  "aggregate": {"enabled": true},
  "foreign_keys": [{
    "local_name": "orders", "local_columns": ["username"],
    "foreign_name": "buyer", "foreign_schema": "cognito", "foreign_table": "users", "foreign_columns": ["username"]
  }],
  "policies": {
    "authenticated": {"filter": {"username": {"eq": {"claim": "username"}}}},
    "service_role": {"filter": {}}
  }
})';
