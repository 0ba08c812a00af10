import { ClientError, GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { countUsers } from './graphql-request.ts';

const users = demoUsers(60);

describe('graphql-request', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
  });
  afterAll(() => gateway.close());

  test('sends variables and a header, and gets data', async () => {
    const enabled = users.filter((user) => user.Enabled).length;
    expect(await countUsers(gateway.url, 'a-token-that-this-gateway-does-not-look-at')).toBe(enabled);
  });

  test('gets the code of an error', async () => {
    const asked = new GraphQLClient(gateway.url).request(
      '{ cognitoUserCollection(first: -1) { totalCount } }',
    );
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ response: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } });
  });
});
