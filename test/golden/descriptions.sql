-- Prose in comments, and descriptions that directives give.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table people (username text, email text, status text) server s options (object 'users');
comment on foreign table people is e'Everyone who can sign in.\n@graphql({"totalCount": {"enabled": false}})';
comment on column people.email is 'Where to write.';
comment on column people.status is 'prose @graphql({"description": "The directive wins."})';
