import { afterEach, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns, twoColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

/** A second server, whose pool cannot be reached. */
const goneServer = (url: string) => `
create server gone_server foreign data wrapper cognito_wrapper options (aws_access_key_id 'A',
  aws_secret_access_key 'S', region 'us-east-1', user_pool_id 'us-east-1_Gone', endpoint_url '${url}');
create foreign table public.gone (username text) server gone_server options (object 'users');`;

describe('failures are isolated', () => {
  test('a root field whose scan fails leaves the other its answer', async () => {
    gateway = await startGateway(
      `${cognitoServer} ${sevenColumns} ${goneServer('http://127.0.0.1:1')}`,
      demoUsers(3),
      { scanTimeoutMs: 20_000 },
    );
    const { data, errors, status } = await gateway.query(
      '{ usersCollection { totalCount } goneCollection { totalCount } }',
    );
    expect(status).toBe(200);
    expect(data).toEqual({ usersCollection: { totalCount: 3 }, goneCollection: null });
    expect(errors).toMatchObject([{ path: ['goneCollection'], extensions: { code: 'SCAN_UNAVAILABLE' } }]);
  });

  test('wrong credentials and a pool that does not exist are coded errors of the query', async () => {
    gateway = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(3));
    gateway.emulator.faults = { denyAccess: true };
    const denied = await gateway.query('{ usersCollection { totalCount } }');
    expect(denied.errors[0]?.extensions.code).toBe('SCAN_DENIED');
    expect(JSON.stringify(denied.errors)).not.toMatch(/AKIA|very-secret|arn:/);
  });

  test('tables of a server without a region or pool are problems, the rest is served', async () => {
    gateway = await startGateway(
      `${cognitoServer} ${sevenColumns}
       create server incomplete foreign data wrapper cognito_wrapper options (region 'us-east-1');
       create foreign table public.incomplete (username text) server incomplete options (object 'users');`,
      demoUsers(3),
    );
    expect(gateway.gateway.model.tables.map((table) => table.name)).toEqual(['users']);
    expect(gateway.gateway.model.problems).toMatchObject([
      { object: 'public.incomplete', reason: expect.stringContaining('user_pool_id') },
    ]);
    expect((await gateway.query('{ usersCollection { totalCount } }')).data).toEqual({
      usersCollection: { totalCount: 3 },
    });
  });

  test('a secret that cannot be read is a problem of the tables that need it', async () => {
    gateway = await startGateway(
      `${cognitoServer} ${twoColumns}
       create server vaulted foreign data wrapper cognito_wrapper options (region 'us-east-1',
         user_pool_id 'us-east-1_X', aws_access_key_id 'A', api_key_id 'no-such-secret');
       create foreign table public.vaulted (username text) server vaulted options (object 'users');`,
      demoUsers(3),
    );
    expect(gateway.gateway.model.tables.map((table) => table.name)).toEqual(['cognito_users']);
    expect(gateway.gateway.model.problems).toMatchObject([{ object: 'public.vaulted' }]);
  });

  test('with no usable table the schema is valid and says why it is empty', async () => {
    gateway = await startGateway(
      `${cognitoServer} create foreign table public.groups (username text) server cognito_server options (object 'groups');`,
      [],
    );
    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(
      (await gateway.query('{ __schema { queryType { description } } }')).data.__schema.queryType.description,
    ).toMatch(/No foreign table is exposed/);
    expect(gateway.observations).toContainEqual(
      expect.objectContaining({ event: 'problem', object: 'public.groups' }),
    );
  });
});
