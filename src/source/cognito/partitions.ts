/** The digits of a `sub`, which is a UUID in lower case. */
const digits = '0123456789abcdef';

/**
 * Splits all users into `count` partitions, each given by the filters that together match its users. Every user's `sub`
 * begins with lower-case hexadecimal digits, so that each user is in exactly one partition.
 *
 * A single partition has no filter, which matches everyone.
 *
 * @param count a power of 2 from 1 to 256
 */
export function partitions(count: number): readonly (readonly (string | undefined)[])[] {
  if (count === 1) return [[undefined]];
  const prefixes =
    count <= digits.length
      ? [...digits]
      : [...digits].flatMap((first) => [...digits].map((second) => first + second));
  const perPart = prefixes.length / count;
  return Array.from({ length: count }, (_, part) =>
    prefixes.slice(part * perPart, (part + 1) * perPart).map((prefix) => `sub ^= "${prefix}"`),
  );
}
