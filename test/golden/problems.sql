-- What cannot be exposed, beside what can.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign data wrapper files;
create server f foreign data wrapper files;
create server incomplete foreign data wrapper cognito_wrapper options (region 'us-east-1');
create foreign table users (username text, shoe_size int) server s options (object 'users');
create foreign table groups (username text) server s options (object 'groups');
create foreign table csv (username text) server f options (filename '/tmp/x');
create foreign table elsewhere (username text) server incomplete options (object 'users');
create foreign table odd (shoe_size int) server s options (object 'users');
comment on foreign table users is '@graphql({"max_rows": "many", "colour": 1, "primary_key_columns": ["id"]})';
