-- migrate:up
set role supabase_admin;
comment on foreign table cognito.users is '@graphql({"name": "CognitoUser"})';

-- migrate:down
comment on foreign table cognito.users is null;
