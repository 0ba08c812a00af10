import { mapReady, type Ready, whenReady } from '../columns/ready.ts';
import type { TableView } from '../rows/store/view.ts';
import type { Answer } from './answer.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Keyed, Loaded, Run } from './loaded.ts';
import { ReadyBytes } from './ready-bytes.ts';
import type { ValueWriter } from './value-writer.ts';

/** A field of a row: one of its values, or a relation. */
export type RowField =
  | { readonly kind: 'value'; writer(view: TableView, run: Run): ValueWriter }
  | { readonly kind: 'relation'; load(view: TableView, rows: readonly number[], run: Run): Ready<Loaded> };

/** The number of fields up to which a row is written in one step. */
const mostInOneStep = 64;

/** The selected fields of a table's rows. */
export class RowPlan {
  readonly #fields: readonly Keyed<RowField>[];
  readonly #flat: FlatFields | undefined;

  constructor(fields: readonly Keyed<RowField>[]) {
    this.#fields = fields;
    this.#flat = FlatFields.of(fields);
  }

  /** Loads the fields of the rows. */
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

/** The fields of rows if these have only a few fields, and no relations. */
class FlatFields {
  readonly keys: readonly ReadyBytes[];
  readonly #values: readonly FlatField[];

  private constructor(keys: readonly ReadyBytes[], values: readonly FlatField[]) {
    this.keys = keys;
    this.#values = values;
  }

  /** Undefined if there are other fields. */
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

/** Loaded rows, by their places in the loaded list. */
export interface LoadedRows extends Loaded {
  /** Whether writing a row takes almost no time. */
  readonly isFlat: boolean;
}

/** Rows without relations. */
class FlatRows implements LoadedRows {
  readonly isFlat = true;
  readonly #rows: readonly number[];
  readonly #keys: readonly ReadyBytes[];
  readonly #writers: readonly ValueWriter[];

  constructor(rows: readonly number[], keys: readonly ReadyBytes[], writers: readonly ValueWriter[]) {
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

/** A loaded field of rows. */
type Cell =
  | { readonly kind: 'value'; readonly writer: ValueWriter }
  | { readonly kind: 'relation'; readonly loaded: Loaded };

/** Rows with relations. */
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

const nothing = new ReadyBytes('');
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** Ends an object, which the key of its first field has started if it has fields. */
export function closeObject(out: ByteWriter, fields: number): void {
  if (fields === 0) out.byte(openingBrace);
  out.byte(closingBrace);
}
