import { pickOne, type Random, seededRandom, weighted } from '../../emulator/random.ts';
import type { PoolUser } from '../../emulator/user.ts';

/** The file from which `schema/orders.sql` reads the orders. */
export const ordersFile = '/demo/orders.csv';

/** The maximum number of users with orders, so that a demo of a million users starts as fast as one of a thousand. */
const mostBuyers = 20_000;

/** How many orders a user has. */
const ordersOf = weighted([
  [0, 40],
  [1, 25],
  [2, 15],
  [4, 12],
  [9, 8],
]);
const status = weighted([
  ['sent', 70],
  ['paid', 14],
  ['open', 10],
  ['returned', 6],
]);
const prices = [4.9, 7.95, 12.5, 19, 24.9, 49, 89.95, 149] as const;

/** Orders of a pool's users as CSV with the columns of `schema/orders.sql`; always the same for the same users. */
export function ordersCsv(users: readonly PoolUser[], seed = 1): string {
  const random = seededRandom(seed);
  const lines: string[] = [];
  for (const [number, user] of users.slice(0, mostBuyers).entries()) {
    // The first user always has orders, so that there is something to look at.
    const count = number === 0 ? 5 : ordersOf(random);
    for (let i = 0; i < count; i++) lines.push(order(lines.length + 1, user, random));
  }
  return lines.join('');
}

function order(id: number, { Username, UserCreateDate = 0, UserLastModifiedDate }: PoolUser, random: Random) {
  const items = 1 + Math.floor(random() * random() * 9);
  const total = items * pickOne(prices, random);
  // Nobody orders before they have signed up.
  const until = Math.max(UserCreateDate, UserLastModifiedDate ?? UserCreateDate);
  const placedAt = new Date(1000 * (UserCreateDate + random() * (until - UserCreateDate)));
  return `${id},"${Username}",${status(random)},${items},${total.toFixed(2)},${placedAt.toISOString()}\n`;
}
