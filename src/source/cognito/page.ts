import { isPlainObject, type PlainObject } from '../../values/plain-object.ts';
import type { SourceRecord } from '../source.ts';

/** One answer of ListUsers. */
export interface Page {
  readonly records: readonly SourceRecord[];
  /** The token of the next page; undefined if this is the last one. */
  readonly token: string | undefined;
}

/** Users per page: the maximum of ListUsers, whose default is not documented. Emulators may send all users at once. */
export const pageLength = 60;

/** An answer does not conform to the API's model. The message says how, without repeating any of it. */
export class MalformedAnswerError extends Error {}

/** The longest token in UTF-16 code units. The API states no maximum; tokens of some hundred were seen. */
const longestToken = 2 ** 16;
/** Attributes of one user. Cognito allows 20 standard and 50 custom ones, and has some of its own. */
const mostAttributes = 250;
/** The longest name of an attribute in UTF-16 code units. Cognito allows 20, and prefixes. */
const longestName = 1024;

/**
 * A page from the JSON of a ListUsers answer.
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
 *
 * @throws MalformedAnswerError
 */
export function parsePage(body: unknown): Page {
  if (!isPlainObject(body)) throw new MalformedAnswerError('a page that is not a JSON object');
  const misnamed = Object.keys(body).find((name) => body[name] !== null && isMisnamed(name));
  if (misnamed !== undefined) throw new MalformedAnswerError('a page whose token or users have another name');
  const token = optional(isString, body.PaginationToken, 'a page whose token is not a string') || undefined;
  if (token !== undefined && token.length > longestToken) {
    throw new MalformedAnswerError(`a page whose token has more than ${longestToken} characters`);
  }
  const users = optional(Array.isArray, body.Users, 'a page whose users are not a list');
  // Like the Wrappers extension, this treats a page with only a token as empty.
  if (!users && token === undefined) throw new MalformedAnswerError('a page without users');
  return { records: (users ?? []).map(parseUser), token };
}

/**
 * The estimated number of users from the JSON of a DescribeUserPool answer; undefined if it has none.
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html
 */
export function parseEstimate(body: PlainObject): number | undefined {
  const users = isPlainObject(body.UserPool) ? body.UserPool.EstimatedNumberOfUsers : undefined;
  return isNumber(users) && Number.isSafeInteger(users) && users >= 0 ? users : undefined;
}

/**
 * Milliseconds since 1970 of a timestamp in fractional seconds, truncated like in the Wrappers extension: the fraction of
 * the double to nanoseconds, then to milliseconds. So 1700000000.123, whose nearest double is …000.12299990, gives …000122.
 */
export function cutToMilliseconds(seconds: number): number {
  const whole = Math.floor(seconds);
  const nanoseconds = Math.trunc((seconds - whole) * 1e9);
  return whole * 1000 + Math.floor(nanoseconds / 1e6);
}

/** The range of a `Date` in seconds, in both directions from 1970: ECMA-262, 21.4.1.1. */
const maxSeconds = 8.64e12;

/** Whether a member stands for users or a token, but not by the name that the API gives it: a scan would end too early. */
function isMisnamed(name: string): boolean {
  return (
    /^(?:users|paginationtoken|nexttoken)$/i.test(name) && name !== 'Users' && name !== 'PaginationToken'
  );
}

function parseUser(user: unknown): SourceRecord {
  if (!isPlainObject(user)) throw new MalformedAnswerError('a user that is not a JSON object');
  const attributes = optional(Array.isArray, user.Attributes, 'a user whose attributes are not a list') ?? [];
  if (attributes.length > mostAttributes) {
    throw new MalformedAnswerError(`a user with more than ${mostAttributes} attributes`);
  }
  return {
    fields: [
      parseUsername(user.Username),
      optional(isString, user.UserStatus, 'a user whose status is not a string') ?? null,
      // Absent means disabled, as for the Wrappers extension.
      optional(isBoolean, user.Enabled, 'a user whose Enabled is not a boolean') ?? false,
      parseTime(user.UserCreateDate),
      parseTime(user.UserLastModifiedDate),
    ],
    attributes: attributes.map(parseAttribute),
  };
}

function parseUsername(username: unknown): string {
  if (!isString(username) || username === '') throw new MalformedAnswerError('a user without Username');
  // A lone surrogate cannot be encoded in UTF-8, which identifies users.
  if (!username.isWellFormed()) throw new MalformedAnswerError('a user whose Username is not Unicode');
  return username;
}

function parseTime(time: unknown): number | null {
  const seconds = optional(isNumber, time, 'a user whose date is not a number');
  if (seconds === undefined) return null;
  if (Math.abs(seconds) > maxSeconds) throw new MalformedAnswerError('a user whose date is out of range');
  return cutToMilliseconds(seconds);
}

function parseAttribute(attribute: unknown): readonly [string, string | null] {
  const name = isPlainObject(attribute) ? attribute.Name : undefined;
  if (!isPlainObject(attribute) || !isString(name))
    throw new MalformedAnswerError('an attribute without Name');
  if (name.length > longestName) {
    throw new MalformedAnswerError(`an attribute whose Name has more than ${longestName} characters`);
  }
  return [name, optional(isString, attribute.Value, 'an attribute whose value is not a string') ?? null];
}

/** The value, or undefined if it is absent or null. */
function optional<T>(is: (value: unknown) => value is T, value: unknown, complaint: string): T | undefined {
  if (value === undefined || value === null) return undefined;
  if (!is(value)) throw new MalformedAnswerError(complaint);
  return value;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
