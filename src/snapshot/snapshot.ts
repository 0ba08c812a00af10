import { byteLengthOf } from '../columns/byte-length.ts';
import type { Column, TextColumn } from '../columns/column.ts';
import { type Shapes, slotsOf } from './shape.ts';

/** What a scan left behind: an immutable copy of a foreign object's rows, in the order of their identity. */
export interface Snapshot {
  readonly rowCount: number;
  /** When its scan began, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly startedAt: number;
  readonly stats: SnapshotStats;
  /** Its size in bytes, outside the JavaScript heap and, as an estimate, inside. */
  readonly byteLength: number;
  /** The source's first field, which identifies rows and orders them. */
  readonly identity: TextColumn;
  /** The stored column of a field or attribute; undefined if it was not kept, or no row has the attribute. */
  column(origin: StoredOrigin): Column | undefined;
  /** One attribute of a row, the first of that name; null if the row has none, or its value is null. */
  attribute(row: number, name: string): string | null;
  /** The kept attributes of a row in the source's order, null values and repeated names included. */
  attributes(row: number): readonly Attribute[];
  /** Where the kept attributes of a row are stored, in the same order. */
  slotsOf(row: number): readonly Slot[];
}

/** Where a record has a value that the snapshot keeps as a column. */
export type StoredOrigin =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'attribute'; readonly attribute: string };

/** An attribute of a row. */
export type Attribute = readonly [name: string, value: string | null];

/** What the scan read, and how long it took. */
export interface SnapshotStats {
  readonly rows: number;
  readonly pages: number;
  readonly requests: number;
  readonly throttles: number;
  readonly durationMs: number;
}

/** One place for an attribute's value: its name, and how often the name came before in the row. */
export interface Slot {
  readonly name: string;
  /** Which of the row's attributes of that name this is, from 0. */
  readonly occurrence: number;
  /** Its values; undefined if the slot stands for a null. */
  readonly column: Column | undefined;
}

/** What a snapshot consists of. */
export interface SnapshotContent {
  readonly rowCount: number;
  readonly startedAt: number;
  readonly stats: SnapshotStats;
  /** The columns of the source's fields by name, in the source's order. */
  readonly fields: ReadonlyMap<string, Column>;
  readonly slots: readonly Slot[];
  readonly shapes: Shapes;
}

/** A snapshot in columns. Columns with the same values are stored once. */
export class ColumnarSnapshot implements Snapshot {
  readonly content: SnapshotContent;
  readonly identity: TextColumn;
  readonly byteLength: number;
  readonly #attributes: ReadonlyMap<string, Column>;

  constructor(content: SnapshotContent) {
    this.content = content;
    this.identity = identityOf(content);
    this.#attributes = firstOccurrences(content.slots);
    this.byteLength = contentByteLength(content);
  }

  get rowCount(): number {
    return this.content.rowCount;
  }

  get startedAt(): number {
    return this.content.startedAt;
  }

  get stats(): SnapshotStats {
    return this.content.stats;
  }

  column(origin: StoredOrigin): Column | undefined {
    return origin.kind === 'field'
      ? this.content.fields.get(origin.field)
      : this.#attributes.get(origin.attribute);
  }

  attribute(row: number, name: string): string | null {
    const column = this.#attributes.get(name);
    return column ? textAt(column, row) : null;
  }

  attributes(row: number): readonly Attribute[] {
    return this.slotsOf(row).map(({ name, column }) => [name, column ? textAt(column, row) : null]);
  }

  slotsOf(row: number): readonly Slot[] {
    const { shapes, slots } = this.content;
    return slotsOf(shapes, row).flatMap((index) => slots[index] ?? []);
  }
}

function identityOf({ fields }: SnapshotContent): TextColumn {
  const [identity] = fields.values();
  if (identity?.encoding === 'text') return identity;
  throw new TypeError(
    `a snapshot's first field must be a text column, but its encoding is ${identity?.encoding ?? 'none'}`,
  );
}

function firstOccurrences(slots: readonly Slot[]): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  for (const { name, occurrence, column } of slots) {
    if (occurrence === 0 && column) columns.set(name, column);
  }
  return columns;
}

function textAt(column: Column, row: number): string | null {
  if (column.encoding === 'text') return column.get(row);
  if (column.encoding === 'number') return null;
  const code = column.codes[row] ?? 0;
  const value = code === 0 ? null : column.values[code - 1];
  return typeof value === 'string' ? value : null;
}

function contentByteLength({ fields, slots, shapes }: SnapshotContent): number {
  const columns = new Set([...fields.values(), ...slots.flatMap(({ column }) => column ?? [])]);
  const { parents, slots: lastSlots, codes } = shapes;
  return [...columns].reduce(
    (sum, column) => sum + byteLengthOf(column),
    parents.byteLength + lastSlots.byteLength + codes.byteLength,
  );
}
