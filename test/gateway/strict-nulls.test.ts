import { afterEach, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

const ask = '{ ok: usersByPk(username: "alice") { username } usersCollection(first: -1) { totalCount } }';

describe('a collection that fails', () => {
  test.each([1, 3])('is null alone, asked for the time number %i', async (time) => {
    gateway = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(3));
    for (let i = 1; i < time; i++) await gateway.query(ask);
    const { data, errors } = await gateway.query(ask);
    expect(data).toEqual({ ok: { username: 'alice' }, usersCollection: null });
    expect(errors).toMatchObject([{ path: ['usersCollection'] }]);
  });

  test.each([1, 3])('with strict nulls takes the answer with it, as its type says: time %i', async (time) => {
    gateway = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(3), { strictNulls: true });
    for (let i = 1; i < time; i++) await gateway.query(ask);
    const { data, errors, status } = await gateway.query(ask);
    expect(status).toBe(200);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['usersCollection'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
