/** The largest number up to which doubles hold every whole one. */
const largest = 2 ** 53;

/** A number's digits as a JSON number where its size allows that, else as they are. */
export function toJsonNumber(digits: string): number | string {
  const value = Number(digits);
  return Math.abs(value) <= largest ? value : digits;
}
