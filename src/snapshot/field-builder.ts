import { BooleanBuilder } from '../columns/boolean-builder.ts';
import type { Column } from '../columns/column.ts';
import type { ColumnBuilder, TextColumnBuilder } from '../columns/column-builder.ts';
import { NumberBuilder } from '../columns/number-builder.ts';
import type { Pace } from '../columns/pace.ts';
import { TextBuilder } from '../columns/text-builder.ts';
import { ScanError } from '../errors.ts';
import type { Field, SourceRecord } from '../source/source.ts';

type FieldValue = SourceRecord['fields'][number];

/** Builds the column of one of the source's fields. */
export interface FieldBuilder {
  readonly name: string;
  /** About how many bytes the values take so far. */
  readonly byteLength: number;
  /** @throws ScanError if the value is not of the field's type */
  set(arrival: number, value: FieldValue): void;
  /**
   * The same with a text as UTF-8.
   *
   * @throws ScanError if the field is not text
   */
  setBytes(arrival: number, bytes: Buffer, start: number, end: number): void;
  finish(order: Uint32Array, pace: Pace): Promise<Column>;
}

/** @param text builds the column if the field is text */
export function fieldBuilder(field: Field, text: TextColumnBuilder = new TextBuilder()): FieldBuilder {
  switch (field.type) {
    case 'text':
      return new TextFieldBuilder(field, text);
    case 'boolean':
      return new TypedFieldBuilder(field, new BooleanBuilder(), (value) => typeof value === 'boolean');
    case 'timestamp':
      return new TypedFieldBuilder(field, new NumberBuilder(), (value) => typeof value === 'number');
  }
}

class TextFieldBuilder implements FieldBuilder {
  readonly name: string;
  readonly #column: TextColumnBuilder;

  constructor({ name }: Field, column: TextColumnBuilder) {
    this.name = name;
    this.#column = column;
  }

  set(arrival: number, value: FieldValue): void {
    if (value === null) return;
    if (typeof value !== 'string') throw wrongType(this.name, 'text', typeof value);
    this.#column.set(arrival, value);
  }

  setBytes(arrival: number, bytes: Buffer, start: number, end: number): void {
    this.#column.setBytes(arrival, bytes, start, end);
  }

  get byteLength(): number {
    return this.#column.byteLength;
  }

  finish(order: Uint32Array, pace: Pace): Promise<Column> {
    return this.#column.finish(order, pace);
  }
}

function wrongType(field: string, expected: string, got: string): ScanError {
  return new ScanError('SCAN_INVALID_RESPONSE', `the field ${field} is a ${got} instead of a ${expected}`);
}

class TypedFieldBuilder<T extends FieldValue> implements FieldBuilder {
  readonly name: string;
  readonly #type: string;
  readonly #column: ColumnBuilder<T>;
  readonly #isOfType: (value: FieldValue) => value is T;

  constructor(field: Field, column: ColumnBuilder<T>, isOfType: (value: FieldValue) => value is T) {
    this.name = field.name;
    this.#type = field.type;
    this.#column = column;
    this.#isOfType = isOfType;
  }

  set(arrival: number, value: FieldValue): void {
    if (value === null) return;
    if (!this.#isOfType(value)) throw wrongType(this.name, this.#type, typeof value);
    this.#column.set(arrival, value);
  }

  setBytes(): void {
    throw wrongType(this.name, this.#type, 'text');
  }

  get byteLength(): number {
    return this.#column.byteLength;
  }

  finish(order: Uint32Array, pace: Pace): Promise<Column> {
    return this.#column.finish(order, pace);
  }
}
