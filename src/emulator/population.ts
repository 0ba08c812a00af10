import { type Culture, cultures, type Name } from './cultures.ts';
import { pickOne, type Random, randomUuid, seededRandom, weighted } from './random.ts';
import type { PoolUser, UserAttribute } from './user.ts';

/** What distinguishes populations of the same size. */
export interface PopulationOptions {
  readonly seed?: number;
  /** The latest time of a sign-up or change, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly until?: number;
}

/**
 * Users like those of a real pool that has been in use for years: always the same for the same count and options.
 *
 * The first is `alice`. All others have their `sub` as username, or come from Google or a company's SAML provider. As in real
 * pools, some attributes are missing, and a few `custom:seats` are not numbers. Addresses have domains that are reserved for
 * examples, and telephone numbers are from ranges that are reserved for fiction.
 */
export function demoUsers(
  count: number,
  { seed = 1, until = Date.UTC(2026, 0, 1) }: PopulationOptions = {},
): PoolUser[] {
  const random = seededRandom(seed);
  const tenants = Array.from({ length: tenantCount }, () => randomUuid(random));
  const surroundings: Surroundings = { random, tenants, attributes: new AttributeInterner(), until };
  return Array.from({ length: count }, (_, number) =>
    number === 0 ? alice(surroundings) : demoUser(number, surroundings),
  );
}

/** What all users of a population share. */
interface Surroundings {
  readonly random: Random;
  readonly tenants: readonly string[];
  readonly attributes: AttributeInterner;
  readonly until: number;
}

const tenantCount = 36;

/** When the first user signed up, in milliseconds since 1970-01-01T00:00:00Z. */
const firstSignUp = Date.UTC(2019, 0, 7);

function alice({ random, tenants, attributes, until }: Surroundings): PoolUser {
  return {
    Username: 'alice',
    Attributes: [
      { Name: 'sub', Value: randomUuid(random) },
      { Name: 'email', Value: 'alice@example.com' },
      attributes.get('email_verified', 'true'),
      attributes.get('given_name', 'Alice'),
      attributes.get('family_name', 'Liddell'),
      attributes.get('locale', 'en-GB'),
      attributes.get('zoneinfo', 'Europe/London'),
      attributes.get('custom:tenant', pickOne(tenants, random)),
      attributes.get('custom:plan', 'enterprise'),
      attributes.get('custom:seats', '250'),
    ],
    UserCreateDate: (firstSignUp + 34_215_678) / 1000,
    UserLastModifiedDate: (until - 4_321) / 1000,
    Enabled: true,
    UserStatus: 'CONFIRMED',
  };
}

/** How a user signed up. */
type Origin = 'native' | 'google' | 'saml';

interface Person {
  readonly culture: Culture;
  readonly given: Name;
  readonly family: Name;
  /** Undefined if it is not known. */
  readonly email: string | undefined;
}

function demoUser(number: number, surroundings: Surroundings): PoolUser {
  const { random, until } = surroundings;
  const sub = randomUuid(random);
  const origin = pickOrigin(random);
  const status = origin === 'native' ? pickStatus(random) : 'EXTERNAL_PROVIDER';
  const person = pickPerson(number, origin, random);
  const providerId = origin === 'google' ? googleId(random) : (person.email ?? sub);
  // Pools grow faster every year.
  const created = Math.floor(firstSignUp + Math.sqrt(random()) * (until - firstSignUp));
  const modified = random() < 0.25 ? created : created + Math.floor(random() * (until - created));
  return {
    Username: origin === 'native' ? sub : `${origin === 'google' ? 'google' : 'SAML'}_${providerId}`,
    Attributes: [
      { Name: 'sub', Value: sub },
      ...(origin === 'native' ? [] : [identities(origin, providerId, created)]),
      ...contactAttributes(person, status, surroundings),
      ...profileAttributes(person, surroundings),
      ...customAttributes(surroundings),
    ],
    UserCreateDate: created / 1000,
    UserLastModifiedDate: modified / 1000,
    Enabled: random() >= 0.03,
    UserStatus: status,
  };
}

const pickOrigin = weighted<Origin>([
  ['native', 91],
  ['google', 6],
  ['saml', 3],
]);

const pickStatus = weighted<string>([
  ['CONFIRMED', 840],
  ['UNCONFIRMED', 80],
  ['FORCE_CHANGE_PASSWORD', 55],
  ['RESET_REQUIRED', 18],
  ['COMPROMISED', 3],
  ['ARCHIVED', 3],
  ['UNKNOWN', 1],
]);

const pickCulture = weighted(cultures.map((culture) => [culture, culture.weight] as const));

const pickDomain = weighted<string>([
  ['example.com', 60],
  ['mail.example', 20],
  ['example.org', 12],
  ['example.net', 8],
]);

function pickPerson(number: number, origin: Origin, random: Random): Person {
  const culture = pickCulture(random);
  const given = pickOne(culture.givenNames, random);
  const family = pickOne(culture.familyNames, random);
  const domain = origin === 'saml' ? 'corp.example' : pickDomain(random);
  const isKnown = origin !== 'native' || random() >= 0.04;
  // Joined instead of concatenated, because that makes flat strings, which matters for a million users.
  const email = isKnown ? [given.latin, '.', family.latin, number, '@', domain].join('') : undefined;
  return { culture, given, family, email };
}

/** Google's ids have 21 digits. */
function googleId(random: Random): string {
  return `1${randomDigits(10, random)}${randomDigits(10, random)}`;
}

function randomDigits(count: number, random: Random): string {
  return String(Math.floor(random() * 10 ** count)).padStart(count, '0');
}

function identities(origin: Origin, userId: string, created: number): UserAttribute {
  const provider = origin === 'google' ? 'Google' : 'SAML';
  const identity = {
    userId,
    providerName: provider,
    providerType: provider,
    issuer: origin === 'saml' ? 'https://sso.corp.example/metadata' : null,
    primary: true,
    dateCreated: created,
  };
  return { Name: 'identities', Value: JSON.stringify([identity]) };
}

function contactAttributes(
  { email, culture }: Person,
  status: string,
  { random, attributes }: Surroundings,
): UserAttribute[] {
  const found: UserAttribute[] = [];
  if (email !== undefined) {
    const isVerified = status !== 'UNCONFIRMED' && random() < 0.93;
    found.push({ Name: 'email', Value: email }, attributes.get('email_verified', String(isVerified)));
  }
  if (culture.phone && random() < 0.45) {
    const { prefix, digits } = culture.phone;
    found.push(
      attributes.get('phone_number', prefix + randomDigits(digits, random)),
      attributes.get('phone_number_verified', String(random() < 0.7)),
    );
  }
  return found;
}

function profileAttributes(
  { culture, given, family }: Person,
  { random, attributes }: Surroundings,
): UserAttribute[] {
  const found: UserAttribute[] = [];
  const decoration = random() < 0.002 ? ` ${pickOne(['🦊', '🌻', '👩🏽‍🚀'], random)}` : '';
  if (random() < 0.95) found.push(attributes.get('given_name', given.written + decoration));
  if (random() < 0.93) found.push(attributes.get('family_name', family.written));
  found.push(attributes.get('locale', culture.locale));
  if (random() < 0.8) found.push(attributes.get('zoneinfo', pickOne(culture.zones, random)));
  return found;
}

const pickPlan = weighted<string>([
  ['free', 62],
  ['pro', 25],
  ['team', 9],
  ['enterprise', 4],
]);

/** The most seats that each plan has. */
const mostSeats: ReadonlyMap<string, number> = new Map([
  ['pro', 5],
  ['team', 50],
  ['enterprise', 2000],
]);

/** What people entered instead of a number. */
const wrongSeats: readonly string[] = ['unlimited', 'ten', 'n/a', '12 seats'];

function customAttributes({ random, tenants, attributes }: Surroundings): UserAttribute[] {
  const found: UserAttribute[] = [];
  // Squared, so that some tenants are much larger than others.
  const tenant = tenants[Math.floor(random() ** 2 * tenants.length)];
  if (tenant !== undefined && random() < 0.96) found.push(attributes.get('custom:tenant', tenant));
  const plan = pickPlan(random);
  found.push(attributes.get('custom:plan', plan));
  const most = mostSeats.get(plan);
  if (most !== undefined) {
    const seats = 1 + Math.floor(random() * most);
    found.push(attributes.get('custom:seats', random() < 0.01 ? pickOne(wrongSeats, random) : String(seats)));
  }
  return found;
}

/** Shares one object among all users with the same value, which saves most of the memory of a large population. */
class AttributeInterner {
  readonly #byName = new Map<string, Map<string, UserAttribute>>();

  get(name: string, value: string): UserAttribute {
    let byValue = this.#byName.get(name);
    if (!byValue) {
      byValue = new Map();
      this.#byName.set(name, byValue);
    }
    let attribute = byValue.get(value);
    if (!attribute) {
      attribute = { Name: name, Value: value };
      byValue.set(value, attribute);
    }
    return attribute;
  }
}
