import { encodeCursor } from '../rows/page/cursor-and-node-id.ts';
import type { OrderKey } from '../rows/query.ts';
import type { TableView } from '../rows/store/view.ts';
import { ByteWriter } from './byte-writer.ts';
import { ReadyBytes } from './ready-bytes.ts';
import { writersOf } from './store-writers.ts';
import { ComputedWriter, type ValueWriter } from './value-writer.ts';

/** Writes the result of `encodeCursor` for each row. */
export function cursorWriter(view: TableView, order: readonly OrderKey[]): ValueWriter {
  // The cursors of a table without a key have to be sealed for each row.
  if (view.table.key.length === 0) {
    return new ComputedWriter((row) => JSON.stringify(encodeCursor(view, order, row)));
  }
  const writers = writersOf(view.store);
  return new IdWriter(
    '[',
    order.map(({ column }) => writers.id(view, column)),
  );
}

/** Writes the result of `encodeNodeId` for each row. */
export function nodeIdWriter(view: TableView): ValueWriter {
  const writers = writersOf(view.store);
  const { schema, name, key } = view.table;
  return new IdWriter(
    `[${JSON.stringify(schema)}, ${JSON.stringify(name)}, `,
    key.map((column) => writers.id(view, column)),
  );
}

/** The buffer for what becomes base64. Only one at a time is written. */
const scratch = new ByteWriter();
const separator = new ReadyBytes(', ');
const bracket = 0x5d;

/** Writes the base64 of a JSON array. */
class IdWriter implements ValueWriter {
  readonly #begin: ReadyBytes;
  readonly #values: readonly ValueWriter[];

  constructor(begin: string, values: readonly ValueWriter[]) {
    this.#begin = new ReadyBytes(begin);
    this.#values = values;
  }

  write(out: ByteWriter, row: number): void {
    scratch.length = 0;
    scratch.raw(this.#begin);
    for (let i = 0; i < this.#values.length; i++) {
      if (i > 0) scratch.raw(separator);
      this.#values[i]?.write(scratch, row);
    }
    scratch.byte(bracket);
    out.base64(scratch.bytes, scratch.length);
  }
}
