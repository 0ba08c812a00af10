import type { GraphQLOutputType } from 'graphql';
import { aggregateConnection, figureOf } from '../graphql/aggregate.ts';
import type { Connection } from '../graphql/collection.ts';
import type { AggregateOperation, OperationColumns } from '../graphql/field-meaning.ts';
import type { Column } from '../model/model.ts';
import type { Aggregates } from '../rows/aggregate/aggregate.ts';
import type { Answer } from './answer.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Keyed, Loaded, Run } from './loaded.ts';
import { closeObject } from './row-plan.ts';
import { serialize } from './serialize.ts';
import type { ConstantWriter } from './value-writer.ts';

/** A field of an aggregate. */
export type AggregateField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'count' }
  | { readonly kind: 'operation'; readonly fields: readonly Keyed<FigureField>[] };

/** A field of an operation's results. */
export type FigureField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | {
      readonly kind: 'figure';
      readonly operation: AggregateOperation;
      readonly column: Column;
      readonly type: GraphQLOutputType;
    };

/** The selected fields of connections' aggregates. */
export class AggregatePlan {
  readonly #columns: OperationColumns;
  readonly #fields: readonly Keyed<AggregateField>[];
  readonly #selected: ReadonlySet<string>;

  /** @param selected the names of the aggregate's selected fields */
  constructor(
    columns: OperationColumns,
    fields: readonly Keyed<AggregateField>[],
    selected: ReadonlySet<string>,
  ) {
    this.#columns = columns;
    this.#fields = fields;
    this.#selected = selected;
  }

  async load(connections: readonly Connection[], { scope }: Run): Promise<Loaded> {
    const results: Aggregates[] = [];
    for (const connection of connections) {
      results.push(await aggregateConnection(connection, this.#columns, this.#selected, scope.pace));
    }
    return {
      write: ({ out }: Answer, parent) => {
        const aggregates = results[parent];
        if (aggregates) this.#write(out, aggregates);
        return undefined;
      },
    };
  }

  #write(out: ByteWriter, aggregates: Aggregates): void {
    for (const { key, value } of this.#fields) {
      out.raw(key);
      if (value.kind === 'constant') value.writer.write(out);
      else if (value.kind === 'count') out.text(String(aggregates.count));
      else writeFigures(out, value.fields, aggregates);
    }
    closeObject(out, this.#fields.length);
  }
}

function writeFigures(out: ByteWriter, fields: readonly Keyed<FigureField>[], aggregates: Aggregates): void {
  for (const { key, value } of fields) {
    out.raw(key);
    if (value.kind === 'constant') value.writer.write(out);
    else out.text(serialize(value.type, figureOf(aggregates, value.operation, value.column)));
  }
  closeObject(out, fields.length);
}
