import { ScanError } from '../../errors.ts';
import { IdentitySet } from '../identity-set.ts';
import type { TextRows } from '../text-rows.ts';

/** Checks, row by row, that a key which somebody has declared is one: never null, never twice. */
export class KeyCheck {
  readonly #names: readonly string[];
  readonly #places: readonly number[];
  readonly #width: number;
  readonly #seen = new IdentitySet();

  /**
   * @param names the key's columns
   * @param fields the fields of each row
   */
  constructor(names: readonly string[], fields: readonly string[]) {
    this.#names = names;
    this.#places = names.map((name) => fields.indexOf(name));
    this.#width = fields.length;
  }

  /** @throws ScanError that names the key, but no value of it */
  check({ length, bytes, spans }: TextRows): void {
    const [place = 0, ...others] = this.#places;
    for (let row = 0; row < length; row++) {
      const at = 2 * (row * this.#width + place);
      const start = spans[at] ?? -1;
      const isNew =
        others.length === 0
          ? start < 0 || this.#seen.addBytes(bytes, start, spans[at + 1] ?? 0)
          : this.#addAll({ length, bytes, spans }, row);
      if (start < 0) throw this.#isNull(place);
      if (!isNew) throw this.#violation('two rows have the same values there');
    }
  }

  /** Lengths tell ("a", "bc") from ("ab", "c"). */
  #addAll({ bytes, spans }: TextRows, row: number): boolean {
    const texts = this.#places.map((place) => {
      const at = 2 * (row * this.#width + place);
      const [start = -1, end = -1] = spans.slice(at, at + 2);
      if (start < 0) throw this.#isNull(place);
      return `${end - start}:${bytes.toString('utf8', start, end)}`;
    });
    return this.#seen.add(texts.join(''));
  }

  #isNull(place: number): ScanError {
    return this.#violation(`${this.#names[this.#places.indexOf(place)]} is null in a row`);
  }

  #violation(what: string): ScanError {
    return new ScanError(
      'SCAN_INVALID_RESPONSE',
      `primary_key_columns names (${this.#names.join(', ')}), which is no key: ${what}`,
    );
  }
}
