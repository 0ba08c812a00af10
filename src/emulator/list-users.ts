import { invalidParameter } from './api-error.ts';
import { Chain, type ChainParameters } from './chain.ts';
import { type Bookmark, type ChainBook, refusedToken } from './chain-book.ts';
import type { FaultInjector } from './fault-injector.ts';
import { parseFilter } from './filter.ts';
import type { ListUsersParameters } from './list-users-parameters.ts';
import type { LivePool } from './live-pool.ts';
import type { PoolUser } from './user.ts';

/** One page, in the form of the API. */
export interface UserPage {
  readonly Users?: readonly PoolUser[];
  /** Missing on the last page. */
  readonly PaginationToken?: string;
}

/**
 * Answers one `ListUsers` request. The time does not depend on the size of the pool, except for the first page of a scan with a
 * filter.
 *
 * @throws ApiError if a parameter is invalid
 */
export function listUsers(
  parameters: ListUsersParameters,
  pool: LivePool,
  book: ChainBook,
  injector: FaultInjector,
): UserPage {
  const bookmark =
    parameters.paginationToken === undefined
      ? openChain(parameters, pool, book, injector)
      : continueChain(parameters.paginationToken, parameters, book, injector);
  const { chain, page } = bookmark;
  const size = injector.isEmptyPage(page) ? 0 : injector.drawPageSize(parameters.limit);
  const { users, next } = readPage(bookmark, size, injector);
  const shown = parameters.attributesToGet
    ? users.map((user) => pick(user, parameters.attributesToGet))
    : users;
  const Users = shown.length === 0 && injector.faults.omittedUsers ? {} : { Users: shown };
  if (injector.leadsBack(page))
    return { ...Users, PaginationToken: book.tokenFor({ chain, place: 0, page: 0 }) };
  // The last page may be one of a run of empty pages.
  const isLast =
    chain.nextPlace(next) === undefined && !injector.isEmptyPage(page + 1) && !injector.faults.endlessTokens;
  return isLast
    ? { Users: shown }
    : { ...Users, PaginationToken: book.tokenFor({ chain, place: next, page: page + 1 }) };
}

function openChain(
  parameters: ChainParameters,
  pool: LivePool,
  book: ChainBook,
  injector: FaultInjector,
): Bookmark {
  const filter = parameters.filter === undefined ? undefined : parseFilter(parameters.filter);
  const chain = new Chain(parameters, pool, filter, injector.drawScanSeed());
  book.open(chain);
  return { chain, place: 0, page: 0 };
}

function continueChain(
  token: string,
  parameters: ChainParameters,
  book: ChainBook,
  injector: FaultInjector,
): Bookmark {
  const bookmark = book.find(token, parameters);
  if (injector.drawRefusal(bookmark.page)) {
    book.forget(bookmark.chain);
    throw refusedToken();
  }
  return bookmark;
}

function readPage(
  { chain, place }: Bookmark,
  size: number,
  injector: FaultInjector,
): { readonly users: readonly PoolUser[]; readonly next: number } {
  const users: PoolUser[] = [];
  // A page with only a repeated user would make no progress.
  const repeatedPlace = size > 1 ? injector.drawRepeatedPlace(place) : undefined;
  const repeated = repeatedPlace === undefined ? undefined : chain.userAt(repeatedPlace);
  if (repeated) users.push(repeated);
  let next = place;
  while (users.length < size) {
    const found = chain.nextPlace(next);
    const user = found === undefined ? undefined : chain.userAt(found);
    if (found === undefined || !user) break;
    users.push(user);
    next = found + 1;
  }
  return { users, next };
}

/** A user with only some of its attributes, which every user of the page must have. */
function pick(user: PoolUser, names: readonly string[] = []): PoolUser {
  const missing = names.find((name) => !user.Attributes?.some((attribute) => attribute.Name === name));
  if (missing !== undefined) {
    throw invalidParameter(`AttributesToGet must name attributes that all users have, but got ${missing}`);
  }
  return { ...user, Attributes: (user.Attributes ?? []).filter(({ Name }) => names.includes(Name)) };
}
