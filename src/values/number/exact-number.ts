/** Something would have been written as JSON that is less than what it stands for. */
export class InexactJsonError extends Error {}

/** A number that JSON is to have with all its digits, however many: no `number` of JavaScript holds them. */
export class ExactNumber {
  /** A number as JSON writes it (RFC 8259, section 6). */
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  /** `JSON.stringify` cannot write it: `JsonWriter` can. */
  toJSON(): never {
    throw new InexactJsonError();
  }
}

/** A number as JSON is to have it: a `number` where that is written with the same digits. */
export function toJsonNumber(digits: string): number | ExactNumber {
  const value = Number(digits);
  return String(value) === digits ? value : new ExactNumber(digits);
}
