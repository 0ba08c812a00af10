import { mapReady, type Ready, whenReady } from '../columns/ready.ts';
import type { TableView } from '../rows/store/view.ts';
import type { Answer } from './answer.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Keyed, Loaded, Run } from './loaded.ts';
import type { ValueWriter } from './value-writer.ts';

/** What a field of a row is: a value of its own, or what a relation leads to. */
export type RowField =
  | { readonly kind: 'value'; writer(view: TableView, run: Run): ValueWriter }
  | { readonly kind: 'relation'; load(view: TableView, rows: readonly number[], run: Run): Ready<Loaded> };

/** Fields of a row up to which it is written in one step. */
const mostInOneStep = 64;

/** What is selected of a table's rows. */
export class RowPlan {
  readonly #fields: readonly Keyed<RowField>[];
  readonly #flat: FlatFields | undefined;

  constructor(fields: readonly Keyed<RowField>[]) {
    this.#fields = fields;
    this.#flat = FlatFields.of(fields);
  }

  /** Finds what the rows lead to. */
  load(view: TableView, rows: readonly number[], run: Run): Ready<LoadedRows> {
    if (this.#flat) return new FlatRows(rows, this.#flat.keys, this.#flat.writers(view, run));
    const cells = mapReady(this.#fields, ({ key, value }): Ready<Keyed<Cell>> => {
      if (value.kind === 'value') return { key, value: { kind: 'value', writer: value.writer(view, run) } };
      return whenReady(value.load(view, rows, run), (loaded) => ({
        key,
        value: { kind: 'relation', loaded },
      }));
    });
    return whenReady(cells, (fields) => new NestedRows(rows, fields));
  }
}

type FlatField = Extract<RowField, { readonly kind: 'value' }>;

/** The fields of rows of which nothing but their own values is selected, and not many. */
class FlatFields {
  readonly keys: readonly Uint8Array[];
  readonly #values: readonly FlatField[];

  private constructor(keys: readonly Uint8Array[], values: readonly FlatField[]) {
    this.keys = keys;
    this.#values = values;
  }

  /** Undefined where the fields are others. */
  static of(fields: readonly Keyed<RowField>[]): FlatFields | undefined {
    const values = fields.flatMap(({ value }) => (value.kind === 'value' ? [value] : []));
    if (values.length < fields.length || fields.length > mostInOneStep) return undefined;
    return new FlatFields(
      fields.map(({ key }) => key),
      values,
    );
  }

  writers(view: TableView, run: Run): readonly ValueWriter[] {
    return this.#values.map((value) => value.writer(view, run));
  }
}

/** Rows whose fields are ready to be written, by their places in the list that was loaded. */
export interface LoadedRows extends Loaded {
  /** Whether writing a row takes next to no time. */
  readonly isFlat: boolean;
}

/** Rows of which nothing but their own values is selected. */
class FlatRows implements LoadedRows {
  readonly isFlat = true;
  readonly #rows: readonly number[];
  readonly #keys: readonly Uint8Array[];
  readonly #writers: readonly ValueWriter[];

  constructor(rows: readonly number[], keys: readonly Uint8Array[], writers: readonly ValueWriter[]) {
    this.#rows = rows;
    this.#keys = keys;
    this.#writers = writers;
  }

  write({ out }: Answer, place: number): undefined {
    const row = this.#rows[place] ?? 0;
    for (let i = 0; i < this.#writers.length; i++) {
      out.raw(this.#keys[i] ?? nothing);
      this.#writers[i]?.write(out, row);
    }
    closeObject(out, this.#writers.length);
  }
}

/** A field of rows, ready to be written for each of them. */
type Cell =
  | { readonly kind: 'value'; readonly writer: ValueWriter }
  | { readonly kind: 'relation'; readonly loaded: Loaded };

/** Rows that lead to others. */
class NestedRows implements LoadedRows {
  readonly isFlat = false;
  readonly #rows: readonly number[];
  readonly #fields: readonly Keyed<Cell>[];

  constructor(rows: readonly number[], fields: readonly Keyed<Cell>[]) {
    this.#rows = rows;
    this.#fields = fields;
  }

  async write(answer: Answer, place: number): Promise<void> {
    const { out } = answer;
    const row = this.#rows[place] ?? 0;
    for (const { key, value } of this.#fields) {
      out.raw(key);
      if (value.kind === 'value') value.writer.write(out, row);
      else await value.loaded.write(answer, place);
      if (answer.due) await answer.step();
    }
    closeObject(out, this.#fields.length);
  }
}

const nothing = new Uint8Array(0);
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** Ends an object; the key of its first field has begun it, where it has any. */
export function closeObject(out: ByteWriter, fields: number): void {
  if (fields === 0) out.byte(openingBrace);
  out.byte(closingBrace);
}
