/** The fewest significant digits that read back as the same number of double precision. */
export function shortestFloat64(value: number): string {
  return String(value);
}

/** The fewest significant digits that read back as the same number of single precision. */
export function shortestFloat32(value: number): string {
  // Nine digits tell all numbers of single precision apart: IEEE 754-2008, section 5.12.2.
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toPrecision(precision);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
