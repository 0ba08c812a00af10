import { BooleanBuilder } from '../columns/boolean-builder.ts';
import type { Column } from '../columns/column.ts';
import type { ColumnBuilder } from '../columns/column-builder.ts';
import { NumberBuilder } from '../columns/number-builder.ts';
import type { Pace } from '../columns/pace.ts';
import { TextBuilder } from '../columns/text-builder.ts';
import { ScanError } from '../errors.ts';
import type { Field, SourceRecord } from '../source/source.ts';

type FieldValue = SourceRecord['fields'][number];

/** Builds the column of one of the source's fields. */
export interface FieldBuilder {
  readonly name: string;
  /** @throws ScanError where the value is not of the field's type */
  set(arrival: number, value: FieldValue): void;
  finish(order: Uint32Array, pace: Pace): Promise<Column>;
}

/** @param text what builds the column where the field is text */
export function fieldBuilder(field: Field, text: ColumnBuilder<string> = new TextBuilder()): FieldBuilder {
  switch (field.type) {
    case 'text':
      return new TypedFieldBuilder(field, text, (value) => typeof value === 'string');
    case 'boolean':
      return new TypedFieldBuilder(field, new BooleanBuilder(), (value) => typeof value === 'boolean');
    case 'timestamp':
      return new TypedFieldBuilder(field, new NumberBuilder(), (value) => typeof value === 'number');
  }
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
    if (!this.#isOfType(value)) {
      throw new ScanError(
        'SCAN_INVALID_RESPONSE',
        `the field ${this.name} must be a ${this.#type}, but got a ${typeof value}`,
      );
    }
    this.#column.set(arrival, value);
  }

  finish(order: Uint32Array, pace: Pace): Promise<Column> {
    return this.#column.finish(order, pace);
  }
}
