import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFilter } from '../../src/emulator/filter.ts';
import type { PoolUser } from '../../src/emulator/user.ts';
import { clientFor, listPage, plainUsers, poolId, scanUsernames, startForTest } from './pool-client.ts';

const carol: PoolUser = {
  Username: 'carol',
  Attributes: [
    { Name: 'sub', Value: 'ab00cd00-0000-4000-8000-000000000001' },
    { Name: 'email', Value: 'carol@example.com' },
    { Name: 'phone_number', Value: '+12025550123' },
    { Name: 'name', Value: 'Carol "CJ" Jones' },
    { Name: 'given_name', Value: 'Carol' },
    { Name: 'family_name', Value: 'Jones\\Smith' },
    { Name: 'preferred_username', Value: 'cj' },
    { Name: 'custom:plan', Value: 'pro' },
  ],
  Enabled: true,
  UserStatus: 'FORCE_CHANGE_PASSWORD',
};

const dave: PoolUser = { Username: 'dave', Enabled: false, UserStatus: 'CONFIRMED' };

test.each([
  'username = "carol"',
  'username ^= "car"',
  'sub = "ab00cd00-0000-4000-8000-000000000001"',
  'sub ^= "ab"',
  'email = "carol@example.com"',
  'email^="carol@"',
  'phone_number ^= "+1202"',
  'name = "Carol \\"CJ\\" Jones"',
  'given_name = "Carol"',
  'family_name ^= "Jones\\\\"',
  'preferred_username = "cj"',
  'cognito:user_status = "force_change_password"',
  'cognito:user_status ^= "FORCE"',
  'status = "Enabled"',
  ' given_name   =   "Carol" ',
])('%s matches only the user it describes', async (Filter) => {
  const emulator = await startForTest([dave, carol]);
  expect(await scanUsernames(clientFor(emulator.url), { Filter })).toEqual(['carol']);
});

test.each(['username = "car"', 'username = "Carol"', 'sub ^= "AB"', 'status = "enabled"', 'email = ""'])(
  '%s matches nobody',
  async (Filter) => {
    const emulator = await startForTest([dave, carol]);
    const page = await listPage(clientFor(emulator.url), { Filter });
    expect(page.Users).toEqual([]);
    expect(page.PaginationToken).toBeUndefined();
  },
);

test('an empty Filter matches everyone', async () => {
  const emulator = await startForTest([dave, carol]);
  expect((await scanUsernames(clientFor(emulator.url), { Filter: '' })).sort()).toEqual(['carol', 'dave']);
});

test.each([
  'custom:plan = "pro"',
  'locale = "en"',
  'email = carol',
  "email = 'carol'",
  'email == "carol"',
  'email = "carol',
  'email = "a"b"',
  'email = "a" and sub = "b"',
  'email',
  `email = "${'x'.repeat(256)}"`,
])('%s is refused', async (Filter) => {
  const emulator = await startForTest([carol]);
  await expect(listPage(clientFor(emulator.url), { Filter })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('the sixteen prefixes of sub partition a pool', async () => {
  const users = plainUsers(100);
  const emulator = await startForTest(users, { faults: { shortPages: 0.5 } });
  const client = clientFor(emulator.url);
  const usernames: (string | undefined)[] = [];
  for (const digit of '0123456789abcdef') {
    usernames.push(...(await scanUsernames(client, { Filter: `sub ^= "${digit}"`, Limit: 3 })));
  }
  expect(usernames.sort()).toEqual(users.map((user) => user.Username).sort());
});

test('a user whose sub changes is found by the new one', async () => {
  const emulator = await startForTest([carol]);
  const client = clientFor(emulator.url);
  const Filter = 'sub ^= "cd"';
  expect(await scanUsernames(client, { Filter })).toEqual([]);
  emulator.pool(poolId)[0] = { ...carol, Attributes: [{ Name: 'sub', Value: 'cd000000-0000' }] };
  expect(await scanUsernames(client, { Filter })).toEqual(['carol']);
});

test.each(['0', '00', '000', '0000000', '0000000-0000-4000-8000-000000000010'])(
  'a sub is found by a prefix of any length: …%s',
  async (rest) => {
    const emulator = await startForTest(plainUsers(32));
    const usernames = await scanUsernames(clientFor(emulator.url), { Filter: `sub ^= "0${rest}"` });
    expect(usernames.sort()).toEqual(rest.length > 10 ? ['user16'] : ['user0', 'user16']);
  },
);

test('any value can be searched for, its quotes and backslashes escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (value) => {
      const escaped = value.replace(/["\\]/g, '\\$&');
      const filter = parseFilter(`name = "${escaped}"`);
      expect(filter.matches({ Username: 'u', Attributes: [{ Name: 'name', Value: value }] })).toBe(true);
      expect(filter.matches({ Username: 'u', Attributes: [{ Name: 'name', Value: `${value}.` }] })).toBe(
        false,
      );
    }),
  );
});

test('AttributesToGet shows those attributes only', async () => {
  const emulator = await startForTest([carol]);
  const page = await listPage(clientFor(emulator.url), { AttributesToGet: ['sub', 'email'] });
  expect(page.Users?.[0]?.Attributes?.map((attribute) => attribute.Name)).toEqual(['sub', 'email']);
});

test('AttributesToGet fails if a user of the page lacks one', async () => {
  const emulator = await startForTest([carol, dave]);
  const page = listPage(clientFor(emulator.url), { AttributesToGet: ['email'] });
  await expect(page).rejects.toMatchObject({ name: 'InvalidParameterException' });
});
