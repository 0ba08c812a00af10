/** Foreign-table definitions that several tests start from. */

/** The wrapper and server as the FDW's documentation has them, but with no handler behind the wrapper. */
export const cognitoServer = `
create foreign data wrapper cognito_wrapper;
create server cognito_server foreign data wrapper cognito_wrapper options (
  aws_access_key_id 'AKIAIOSFODNN7EXAMPLE', aws_secret_access_key 'very-secret', region 'us-east-1',
  user_pool_id 'us-east-1_TestPool1');`;

/** The seven-column table of the FDW's documentation. */
export const sevenColumns = `
create schema cognito;
create foreign table cognito.users (
  username text, email text, status text, enabled boolean,
  created_at timestamp, updated_at timestamp, attributes jsonb
) server cognito_server options (object 'users');`;

/** The two-column table of the FDW's documentation. */
export const twoColumns = `
create foreign table public.cognito_users (email text, username text)
server cognito_server options (object 'users');`;
