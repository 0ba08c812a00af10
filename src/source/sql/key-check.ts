import { DistinctTexts } from '../../columns/distinct-texts.ts';
import { ScanError } from '../../errors.ts';
import type { TextRows } from '../text-rows.ts';

/** Checks that the columns a directive declares as key are one: never null, and unique. */
export class KeyCheck {
  readonly #names: readonly string[];
  readonly #places: readonly number[];
  readonly #width: number;
  readonly #seen = new DistinctTexts();

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
  check(rows: TextRows): void {
    for (let row = 0; row < rows.length; row++) {
      const before = this.#seen.texts.count;
      if (this.#places.length === 1) this.#addOnly(rows, row);
      else this.#addAll(rows, row);
      if (this.#seen.texts.count === before) throw this.#violation('two rows have the same values there');
    }
  }

  #addOnly({ bytes, spans }: TextRows, row: number): void {
    const at = this.#spanOf(0, row, spans);
    this.#seen.addBytes(bytes, spans[at] ?? 0, spans[at + 1] ?? 0);
  }

  /** Lengths tell ("a", "bc") from ("ab", "c"). */
  #addAll({ bytes, spans }: TextRows, row: number): void {
    const texts = this.#places.map((_, part) => {
      const at = this.#spanOf(part, row, spans);
      const text = bytes.toString('utf8', spans[at], spans[at + 1]);
      return `${text.length}:${text}`;
    });
    this.#seen.add(texts.join(''));
  }

  /** The position of the span of a part of the key. */
  #spanOf(part: number, row: number, spans: TextRows['spans']): number {
    const at = 2 * (row * this.#width + (this.#places[part] ?? 0));
    if ((spans[at] ?? -1) < 0) throw this.#violation(`${this.#names[part]} is null in a row`);
    return at;
  }

  #violation(what: string): ScanError {
    return new ScanError(
      'SCAN_INVALID_RESPONSE',
      `primary_key_columns names (${this.#names.join(', ')}), which is no key: ${what}`,
    );
  }
}
