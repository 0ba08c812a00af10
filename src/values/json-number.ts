/** A number's digits as a JSON number where its size allows that, else as they are. */
export function toJsonNumber(digits: string): number | string {
  const value = Number(digits);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : digits;
}
