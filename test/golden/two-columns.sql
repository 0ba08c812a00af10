-- The two-column table of the FDW's documentation, in public.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table cognito (email text, username text) server s options (object 'users');
