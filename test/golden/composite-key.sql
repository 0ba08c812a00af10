-- A key of two columns, one of which may be null.
create foreign data wrapper cognito_wrapper;
create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id 'us-east-1_Golden');
create foreign table memberships (
  username text, tenant uuid options (attribute 'custom:tenant'), email text
) server s options (object 'users');
comment on foreign table memberships is '@graphql({"primary_key_columns": ["tenant", "username"]})';
