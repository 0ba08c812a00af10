import { ScanError } from '../../errors.ts';
import { IdentitySet } from '../identity-set.ts';
import type { TextRow } from './page-queue.ts';

/** Checks, row by row, that a key which somebody has declared is one: never null, never twice. */
export class KeyCheck {
  readonly #names: readonly string[];
  readonly #places: readonly number[];
  readonly #seen = new IdentitySet();

  /**
   * @param names the key's columns
   * @param columns the columns of each row
   */
  constructor(names: readonly string[], columns: readonly string[]) {
    this.#names = names;
    this.#places = names.map((name) => columns.indexOf(name));
  }

  /** @throws ScanError that names the key, but no value of it */
  check(row: TextRow): void {
    const values = this.#places.map((place) => row[place] ?? null);
    const missing = values.indexOf(null);
    if (missing >= 0) throw this.#violation(`${this.#names[missing]} is null in a row`);
    // Lengths tell ("a", "bc") from ("ab", "c").
    const [only] = values;
    const text =
      values.length === 1 ? (only ?? '') : values.map((value) => `${value?.length}:${value}`).join('');
    if (!this.#seen.add(text)) throw this.#violation('two rows have the same values there');
  }

  #violation(what: string): ScanError {
    return new ScanError(
      'SCAN_INVALID_RESPONSE',
      `primary_key_columns names (${this.#names.join(', ')}), which is no key: ${what}`,
    );
  }
}
