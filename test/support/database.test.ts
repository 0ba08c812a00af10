import { expect, test } from 'vitest';
import { createDatabase } from './database.ts';

test('a test database accepts foreign-table definitions without a handler', async () => {
  const database = await createDatabase(
    `create foreign data wrapper cognito_wrapper;
     create server s foreign data wrapper cognito_wrapper options (user_pool_id 'p');
     create foreign table u (username text) server s options (object 'users');`,
  );
  const { rows } = await database.client.query('select ftoptions from pg_foreign_table');
  expect(rows).toEqual([{ ftoptions: ['object=users'] }]);
  await database.drop();
});
