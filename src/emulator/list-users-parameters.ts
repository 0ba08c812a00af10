import { ApiError, invalidParameter } from './api-error.ts';

/** The parameters of `ListUsers`. */
export interface ListUsersParameters {
  readonly poolId: string;
  /** The maximum number of users per page, 1 to 60. */
  readonly limit: number;
  readonly filter: string | undefined;
  readonly attributesToGet: readonly string[] | undefined;
  readonly paginationToken: string | undefined;
}

/** The API's model allows 0 to 60. */
const maximumLimit = 60;

/** Small, so that a caller who forgets `Limit` notices. AWS does not document its default. */
const defaultLimit = 7;

/**
 * Parses the parameters of `ListUsers`. A `Limit` of 0 means the default.
 *
 * @throws ApiError if one has the wrong type or is out of range
 */
export function readListUsersParameters(body: Readonly<Record<string, unknown>>): ListUsersParameters {
  const limit = readLimit(body.Limit);
  const filter = readText(body, 'Filter');
  const paginationToken = readText(body, 'PaginationToken');
  if (paginationToken !== undefined && !/^\S+$/.test(paginationToken)) {
    throw invalidParameter('PaginationToken must have at least one character and no space');
  }
  return {
    poolId: readPoolId(body),
    limit,
    filter: filter === '' ? undefined : filter,
    attributesToGet: readNames(body.AttributesToGet),
    paginationToken,
  };
}

/** @throws ApiError if the request does not name a pool */
export function readPoolId(body: Readonly<Record<string, unknown>>): string {
  const poolId = readText(body, 'UserPoolId');
  if (poolId === undefined || !isPoolId(poolId)) {
    throw invalidParameter(`UserPoolId must match [\\w-]+_[0-9a-zA-Z]+, but got ${poolId}`);
  }
  return poolId;
}

/** Whether a text has the form of a pool's id: a pattern from the API's model. */
export function isPoolId(text: string): boolean {
  return /^[\w-]+_[0-9a-zA-Z]+$/.test(text);
}

function readText(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'a string', value);
  return value;
}

function readLimit(value: unknown): number {
  if (value === undefined || value === null) return defaultLimit;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType('Limit', 'an integer', value);
  if (value < 0 || value > maximumLimit) {
    throw invalidParameter(`Limit must be from 0 to ${maximumLimit}, but got ${value}`);
  }
  return value || defaultLimit;
}

/** Names of attributes. An empty list means all attributes. */
function readNames(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType('AttributesToGet', 'a list of strings', value);
  const names = value.filter((name) => typeof name === 'string');
  if (names.length < value.length) throw wrongType('AttributesToGet', 'a list of strings', value);
  return names.length > 0 ? names : undefined;
}

function wrongType(name: string, expected: string, value: unknown): ApiError {
  return new ApiError('SerializationException', `${name} must be ${expected}, but got ${typeof value}`);
}
