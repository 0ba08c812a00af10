/** Writing a value as JSON would have lost digits. */
export class InexactJsonError extends Error {}

/** A number to be written to JSON with all of its digits, which a JavaScript `number` cannot hold. */
export class ExactNumber {
  /** The digits in JSON's notation (RFC 8259, section 6). */
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  /** `JSON.stringify` cannot write it: `JsonWriter` can. */
  toJSON(): never {
    throw new InexactJsonError();
  }
}

/** A number for JSON: a `number` if that is written with the same digits. */
export function toJsonNumber(digits: string): number | ExactNumber {
  const value = Number(digits);
  return String(value) === digits ? value : new ExactNumber(digits);
}
