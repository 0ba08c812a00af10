import type { CognitoUserFilter, CognitoUserOrderBy, UsersPageQueryVariables } from './generated/graphql.ts';

/** Which users are shown, in which order, and which page of them. It is kept in the URL. */
export interface UserSearch {
  /** A part of an e-mail address or username; empty for all users. */
  readonly text: string;
  /** A status; empty for all of them. */
  readonly status: string;
  readonly order: OrderName;
  readonly page: Page;
}

/** The position of a page: at one end of the users, or next to a cursor. */
export type Page =
  | { readonly at: 'start' | 'end' }
  | {
      readonly at: 'after' | 'before';
      readonly cursor: string;
      /** How many users precede the page (after), or how many there are up to its end (before); undefined if unknown. */
      readonly count: number | undefined;
    };

/** The available orders. The key breaks ties. */
export const orders = {
  newest: { label: 'Newest first', orderBy: [{ created_at: 'DescNullsLast' }] },
  oldest: { label: 'Oldest first', orderBy: [{ created_at: 'AscNullsLast' }] },
  email: { label: 'E-mail, A to Z', orderBy: [{ email: 'AscNullsLast' }] },
  'email-descending': { label: 'E-mail, Z to A', orderBy: [{ email: 'DescNullsLast' }] },
  changed: { label: 'Last changed first', orderBy: [{ updated_at: 'DescNullsLast' }] },
} satisfies Record<string, { label: string; orderBy: readonly CognitoUserOrderBy[] }>;

export type OrderName = keyof typeof orders;

/**
 * The available statuses. Cognito may send others:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
 */
export const statuses = [
  'CONFIRMED',
  'UNCONFIRMED',
  'EXTERNAL_PROVIDER',
  'FORCE_CHANGE_PASSWORD',
  'RESET_REQUIRED',
  'ARCHIVED',
  'COMPROMISED',
  'UNKNOWN',
] as const;

/** The text that is shown for a status. */
export function statusLabel(status: string): string {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** How many users a page shows. */
export const pageSize = 20;

/** Whether there is an order of this name. */
export function isOrderName(name: string | null): name is OrderName {
  return name !== null && Object.hasOwn(orders, name);
}

/** Reads a search from the URL. What is missing or invalid gets its default. */
export function fromAddress(address: URLSearchParams): UserSearch {
  const order = address.get('order');
  return {
    text: address.get('search') ?? '',
    status: address.get('status') ?? '',
    order: isOrderName(order) ? order : 'newest',
    page: pageFromAddress(address),
  };
}

/** Writes a search to the URL. */
export function toAddress({ text, status, order, page }: UserSearch): string {
  const address = new URLSearchParams();
  if (text) address.set('search', text);
  if (status) address.set('status', status);
  if (order !== 'newest') address.set('order', order);
  if ('cursor' in page) {
    address.set(page.at, page.cursor);
    if (page.count !== undefined) address.set('count', String(page.count));
  } else if (page.at === 'end') address.set('page', 'last');
  return `?${address}`;
}

/** The variables of a search's query. */
export function toVariables({ text, status, order, page }: UserSearch): UsersPageQueryVariables {
  const filter = toFilter(text, status);
  const { orderBy } = orders[order];
  switch (page.at) {
    case 'start':
      return { filter, orderBy, first: pageSize };
    case 'after':
      return { filter, orderBy, first: pageSize, after: page.cursor };
    case 'before':
      return { filter, orderBy, last: pageSize, before: page.cursor };
    case 'end':
      return { filter, orderBy, last: pageSize };
  }
}

/** The part of a search that remains for callers who may only read when users signed up. */
export function forVisitors({ status, order, page }: UserSearch): UserSearch {
  return { text: '', status, order: order === 'oldest' ? 'oldest' : 'newest', page };
}

/** The positions of a page's first and last user among all that match; undefined if unknown. */
export function placeOf(page: Page, users: number, total: number): { from: number; to: number } | undefined {
  if (users === 0) return undefined;
  const before = 'count' in page ? page.count : page.at === 'start' ? 0 : total;
  if (before === undefined) return undefined;
  const isCountedToItsEnd = page.at === 'before' || page.at === 'end';
  const from = isCountedToItsEnd ? Math.max(1, before - users + 1) : before + 1;
  return { from, to: from + users - 1 };
}

function pageFromAddress(address: URLSearchParams): Page {
  for (const at of ['after', 'before'] as const) {
    const cursor = address.get(at);
    if (cursor !== null) return { at, cursor, count: countFromAddress(address.get('count')) };
  }
  return { at: address.get('page') === 'last' ? 'end' : 'start' };
}

function countFromAddress(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function toFilter(text: string, status: string): CognitoUserFilter {
  // In a pattern, % and _ are wildcards; here they are literal.
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return {
    ...(text && { or: [{ email: { ilike: pattern } }, { username: { ilike: pattern } }] }),
    ...(status && { status: { eq: status } }),
  };
}
