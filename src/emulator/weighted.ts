import type { Random } from './random.ts';

/** Picks one of the items, each with the probability of its weight among all weights. */
export function weighted<T>(items: readonly (readonly [item: T, weight: number])[]): (random: Random) => T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0);
  const [first] = items;
  if (!first) throw new RangeError('there must be at least one item, but got none');
  return (random) => {
    let rest = random() * total;
    for (const [item, weight] of items) {
      if (rest < weight) return item;
      rest -= weight;
    }
    return first[0];
  };
}

/** Picks one of the items, all alike. */
export function pickOne<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('there must be at least one item, but got none');
  return item;
}
