import { expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf, type PoolUser } from '../../src/emulator/user.ts';

const users = demoUsers(5000);

function share(matches: (user: PoolUser) => boolean): number {
  return users.filter(matches).length / users.length;
}

test('alice is the first user', () => {
  expect(users[0]).toMatchObject({ Username: 'alice', UserStatus: 'CONFIRMED', Enabled: true });
});

test('equal seeds give equal users, different seeds different ones', () => {
  expect(demoUsers(200, { seed: 9 })).toEqual(demoUsers(200, { seed: 9 }));
  expect(demoUsers(200, { seed: 9 })).not.toEqual(demoUsers(200, { seed: 10 }));
});

test('a larger population begins with the smaller one', () => {
  expect(demoUsers(300).slice(0, 100)).toEqual(demoUsers(100));
});

test('no population has no users', () => {
  expect(demoUsers(0)).toEqual([]);
});

test('usernames and subs are unique, and each sub is a lower-case UUID', () => {
  const subs = users.map((user) => attributeOf(user, 'sub') ?? '');
  expect(new Set(users.map((user) => user.Username)).size).toBe(users.length);
  expect(new Set(subs).size).toBe(users.length);
  expect(subs.filter((sub) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(sub))).toEqual([]);
});

test('subs fall on all first digits alike, so that a scan can be partitioned by them', () => {
  for (const digit of '0123456789abcdef') {
    const part = share((user) => attributeOf(user, 'sub')?.startsWith(digit) ?? false);
    expect(part).toBeGreaterThan(0.05);
    expect(part).toBeLessThan(0.075);
  }
});

test('federated users, and no others, have a provider in their username, their identities and their status', () => {
  for (const user of users) {
    const isFederated = /^(google|SAML)_/.test(user.Username);
    expect(user.UserStatus === 'EXTERNAL_PROVIDER').toBe(isFederated);
    const identities = attributeOf(user, 'identities');
    expect(identities !== undefined).toBe(isFederated);
    if (identities) expect(JSON.parse(identities)).toMatchObject([{ primary: true }]);
  }
});

test('every common status occurs, CONFIRMED mostly', () => {
  const statuses = new Set(users.map((user) => user.UserStatus));
  for (const status of ['UNCONFIRMED', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD', 'EXTERNAL_PROVIDER']) {
    expect(statuses).toContain(status);
  }
  expect(share((user) => user.UserStatus === 'CONFIRMED')).toBeGreaterThan(0.6);
});

test('some users lack an e-mail and some are disabled', () => {
  expect(share((user) => attributeOf(user, 'email') === undefined)).toBeCloseTo(0.04, 1);
  expect(share((user) => attributeOf(user, 'email') === undefined)).toBeGreaterThan(0);
  expect(share((user) => user.Enabled === false)).toBeCloseTo(0.03, 1);
  expect(share((user) => user.Enabled === false)).toBeGreaterThan(0);
});

test.each([
  ['accents', /[À-ÿ]/],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Han', /\p{Script=Han}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['emoji', /\p{Extended_Pictographic}/u],
])('some names have %s', (_, pattern) => {
  expect(users.some((user) => pattern.test(attributeOf(user, 'given_name') ?? ''))).toBe(true);
});

test('e-mail addresses are ASCII, and in domains reserved for examples', () => {
  const addresses = users.map((user) => attributeOf(user, 'email')).filter((email) => email !== undefined);
  const others = addresses.filter(
    (email) => !/^[a-z]+\.?[a-z]+\d*@(mail\.example|corp\.example|example\.(com|org|net))$/.test(email),
  );
  expect(others).toEqual([]);
});

test('seats are whole numbers, with a few exceptions', () => {
  const seats = users.map((user) => attributeOf(user, 'custom:seats')).filter((text) => text !== undefined);
  const wrong = seats.filter((text) => !/^\d+$/.test(text));
  expect(wrong.length).toBeGreaterThan(0);
  expect(wrong.length).toBeLessThan(seats.length / 20);
});

test('plans are the four that the demo catalog declares, tenants a few dozen', () => {
  const plans = new Set(users.map((user) => attributeOf(user, 'custom:plan')));
  const tenants = new Set(users.map((user) => attributeOf(user, 'custom:tenant')));
  expect([...plans].sort()).toEqual(['enterprise', 'free', 'pro', 'team']);
  expect(tenants.size).toBeGreaterThan(24);
  expect(tenants.size).toBeLessThan(60);
});

test('dates have milliseconds, and no user was modified before being created', () => {
  expect(share(({ UserCreateDate = 0 }) => UserCreateDate % 1 > 0)).toBeGreaterThan(0.9);
  expect(
    share(({ UserCreateDate = 0, UserLastModifiedDate = 0 }) => UserLastModifiedDate < UserCreateDate),
  ).toBe(0);
});
