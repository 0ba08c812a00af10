import { Buffer } from 'node:buffer';
import type { RankedColumn, TextColumn, TextReader } from '../columns/column.ts';
import type { Slot } from '../rows/store/row-store.ts';
import type { TableView } from '../rows/store/view.ts';
import type { ByteWriter } from './byte-writer.ts';
import { inJsonInJson } from './json-escape.ts';
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

const opening = Buffer.from('"[');
const separator = Buffer.from(', ');
const closing = Buffer.from(']"');
const closingBrace = 0x7d;

/** Writes one attribute of a row: an object with one key. */
class SlotWriter {
  readonly #begin: Uint8Array;
  readonly #hasNul: boolean;
  readonly #write: (out: ByteWriter, row: number) => boolean;

  constructor({ name, column }: Slot) {
    this.#begin = Buffer.from(JSON.stringify(`{${JSON.stringify(name)}: `).slice(1, -1));
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
    const { bytes, start, end } = reader;
    return out.string(bytes, start, end, inJsonInJson) || !bytes.subarray(start, end).includes(0);
  };
}

function rankedWriter({ codes, values }: RankedColumn): (out: ByteWriter, row: number) => boolean {
  return (out, row) => {
    const value = values[(codes[row] ?? 0) - 1];
    if (typeof value !== 'string') return writeNull(out);
    const bytes = Buffer.from(value);
    return out.string(bytes, 0, bytes.length, inJsonInJson) || !value.includes('\0');
  };
}
