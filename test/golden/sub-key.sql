-- Without a username, sub is the key.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table subjects (sub uuid, email text) server s options (object 'users');
