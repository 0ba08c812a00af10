-- The seven-column table of the FDW's documentation.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create schema cognito;
create foreign table cognito.users (
  username text, email text, status text, enabled boolean,
  created_at timestamp, updated_at timestamp, attributes jsonb
) server s options (object 'users');
