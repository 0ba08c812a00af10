import { invalidParameter } from './api-error.ts';
import { attributeOf, type PoolUser } from './user.ts';

/** The `Filter` of a ListUsers request. */
export interface UserFilter {
  matches(user: PoolUser): boolean;
  /** The prefix that the `sub` of each user must have; undefined if the filter does not restrict it. */
  readonly subPrefix: string | undefined;
}

/**
 * Parses the `Filter` of a request: `attribute = "value"` or `attribute ^= "prefix"`, with quotes escaped by backslashes.
 *
 * The documentation of `ListUsers` says which attributes can be searched, and which ignore case. Custom attributes cannot be
 * searched.
 *
 * @throws ApiError if it is not such a filter
 */
export function parseFilter(text: string): UserFilter {
  if (text.length > maximumLength) {
    throw invalidParameter(`Filter must have at most ${maximumLength} characters, but got ${text.length}`);
  }
  const [, attribute, operator, quoted] = pattern.exec(text) ?? [];
  if (attribute === undefined || quoted === undefined) {
    throw invalidParameter(`Filter must be: attribute = "value" or attribute ^= "value", but got ${text}`);
  }
  const read = readers.get(attribute);
  if (!read) {
    throw invalidParameter(`Filter must name one of ${[...readers.keys()].join(', ')}, but got ${attribute}`);
  }
  const folds = caseless.has(attribute);
  const plain = quoted.replace(/\\(.)/gs, '$1');
  const wanted = folds ? plain.toLowerCase() : plain;
  return {
    matches(user) {
      const value = read(user);
      if (value === undefined) return false;
      const found = folds ? value.toLowerCase() : value;
      return operator === '=' ? found === wanted : found.startsWith(wanted);
    },
    subPrefix: attribute === 'sub' ? wanted : undefined,
  };
}

/** The API's model allows 256 characters. */
const maximumLength = 256;

const pattern = /^\s*([\w:]+)\s*(=|\^=)\s*"((?:[^"\\]|\\.)*)"\s*$/s;

const attributes = [
  'sub',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
] as const;

const readers: ReadonlyMap<string, (user: PoolUser) => string | undefined> = new Map([
  ['username', (user: PoolUser): string | undefined => user.Username],
  ...attributes.map((name) => [name, (user: PoolUser) => attributeOf(user, name)] as const),
  ['cognito:user_status', (user: PoolUser) => user.UserStatus],
  [
    'status',
    (user: PoolUser) => (user.Enabled === undefined ? undefined : user.Enabled ? 'Enabled' : 'Disabled'),
  ],
]);

const caseless: ReadonlySet<string> = new Set(['cognito:user_status']);
