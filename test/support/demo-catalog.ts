import { readFileSync } from 'node:fs';
import { testPool } from './gateway.ts';

/** The foreign tables that the demo serves and `schema/` is printed from, over the pool that tests emulate. */
export const demoCatalog = `${readFileSync(new URL('../../schema/catalog.sql', import.meta.url), 'utf8')}
alter server cognito_server options (
  set user_pool_id '${testPool}', add aws_access_key_id 'demo', add aws_secret_access_key 'demo');`;
