import type { RankedColumn, TextColumn, TextReader } from '../columns/column.ts';
import type { Slot } from '../rows/store/row-store.ts';
import type { TableView } from '../rows/store/view.ts';
import { copySpan } from '../values/bytes.ts';
import { Utf8Text } from '../values/utf8-text.ts';
import type { ByteWriter } from './byte-writer.ts';
import { inJsonInJson } from './json-escape.ts';
import { ReadyBytes } from './ready-bytes.ts';
import type { JsonOf, ValueWriter } from './value-writer.ts';

/**
 * Writes all attributes of a row as a JSON string, in the form of a `json` or `jsonb` column.
 *
 * If a text contains NUL, which `jsonb` does not allow, `jsonOf` decides.
 */
export class AttributesWriter implements ValueWriter {
  readonly #view: TableView;
  readonly #jsonOf: JsonOf;
  readonly #slots = new Map<Slot, SlotWriter>();

  constructor(view: TableView, jsonOf: JsonOf) {
    this.#view = view;
    this.#jsonOf = jsonOf;
  }

  write(out: ByteWriter, row: number): void {
    const begin = out.length;
    out.raw(opening);
    let isFirst = true;
    for (const slot of this.#view.store.slotsOf(row)) {
      if (!isFirst) out.raw(separator);
      isFirst = false;
      if (!this.#writerOf(slot).write(out, row)) {
        out.length = begin;
        out.text(this.#jsonOf(row));
        return;
      }
    }
    out.raw(closing);
  }

  #writerOf(slot: Slot): SlotWriter {
    const known = this.#slots.get(slot);
    if (known) return known;
    const created = new SlotWriter(slot);
    this.#slots.set(slot, created);
    return created;
  }
}

const opening = new ReadyBytes('"[');
const separator = new ReadyBytes(', ');
const closing = new ReadyBytes(']"');
const closingBrace = 0x7d;

/** Writes one attribute of a row: an object with one key. */
class SlotWriter {
  readonly #begin: ReadyBytes;
  readonly #hasNul: boolean;
  readonly #write: (out: ByteWriter, row: number) => boolean;

  constructor({ name, column }: Slot) {
    this.#begin = new ReadyBytes(JSON.stringify(`{${JSON.stringify(name)}: `).slice(1, -1));
    this.#hasNul = name.includes('\0');
    this.#write =
      column?.encoding === 'text'
        ? textWriter(column)
        : column?.encoding === 'ranked'
          ? rankedWriter(column)
          : writeNull;
  }

  /** Returns false if it contains NUL. */
  write(out: ByteWriter, row: number): boolean {
    if (this.#hasNul) return false;
    out.raw(this.#begin);
    const isWritten = this.#write(out, row);
    out.byte(closingBrace);
    return isWritten;
  }
}

function writeNull(out: ByteWriter): boolean {
  out.null();
  return true;
}

function textWriter(column: TextColumn): (out: ByteWriter, row: number) => boolean {
  const reader: TextReader = column.reader();
  return (out, row) => {
    if (!reader.locate(row)) return writeNull(out);
    return out.string(reader, inJsonInJson) || !copySpan(reader).includes(0);
  };
}

function rankedWriter({ codes, values }: RankedColumn): (out: ByteWriter, row: number) => boolean {
  const text = new Utf8Text();
  return (out, row) => {
    const value = values[(codes[row] ?? 0) - 1];
    if (typeof value !== 'string') return writeNull(out);
    text.set(value);
    return out.string(text, inJsonInJson) || !value.includes('\0');
  };
}
