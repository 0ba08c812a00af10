-- A table without anything that tells its rows apart has a collection, and that is all.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table contacts (email text, given_name text) server s options (object 'users');
