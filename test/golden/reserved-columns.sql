-- Columns named like what filters and types have of their own.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table users (
  username text, "and" text options (attribute 'custom:and'), "not" boolean options (attribute 'custom:not'),
  attribute text options (attribute 'custom:attribute'), attributes jsonb
) server s options (object 'users');
