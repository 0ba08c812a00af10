import type { Column } from '../columns/column.ts';
import { IdentityBuilder } from '../columns/identity-builder.ts';
import { Pace, type Steps, takeAllSteps } from '../columns/pace.ts';
import { isSameText } from '../columns/same-column.ts';
import { ScanError } from '../errors.ts';
import type { Field, Page, SourceRecord } from '../source/source.ts';
import type { TextRows } from '../source/text-rows.ts';
import { type AttributeNeeds, AttributesBuilder } from './attributes-builder.ts';
import { type FieldBuilder, fieldBuilder } from './field-builder.ts';
import { ColumnarSnapshot, type SnapshotStats } from './snapshot.ts';

/** What a snapshot is built from. */
export interface SnapshotBuilderOptions {
  /** The source's fields. The first, which must be text, is the rows' identity. */
  readonly fields: readonly Field[];
  readonly needs: AttributeNeeds;
}

/** When the scan began, and its statistics; the builder counts the rows. */
export type ScanFacts = Omit<SnapshotStats, 'rows'> & { readonly startedAt: number };

/** Short, so that a rescan hardly delays the requests that are served meanwhile. */
const sliceMs = 1;

/** The work of a step, in bytes that are copied: some tens of microseconds. */
const stepWork = 1 << 16;
/** The work of a value besides its bytes. */
const valueWork = 128;

/** Builds a snapshot from a scan's pages as they come. */
export class SnapshotBuilder {
  readonly #identity = new IdentityBuilder();
  readonly #fields: FieldBuilder[];
  readonly #attributes: AttributesBuilder;
  #arrivals = 0;

  constructor({ fields, needs }: SnapshotBuilderOptions) {
    const [identity, ...others] = fields;
    if (identity?.type !== 'text') {
      throw new TypeError(`a source's first field must be text, but it is ${identity?.type ?? 'missing'}`);
    }
    this.#fields = [fieldBuilder(identity, this.#identity), ...others.map((field) => fieldBuilder(field))];
    this.#attributes = new AttributesBuilder(needs);
  }

  /** About how many bytes hold what was added: hardly less than the snapshot will take. */
  get byteLength(): number {
    return this.#fields.reduce((sum, { byteLength }) => sum + byteLength, this.#attributes.byteLength);
  }

  /** @throws ScanError if a record does not have the source's fields, or they have too many different attributes */
  add(page: Page): void {
    takeAllSteps(this.addSteps(page));
  }

  /** The same in steps, for pages whose size others decide. No other page may be added in between. */
  addSteps(page: Page): Steps<void> {
    return 'spans' in page ? this.#addRows(page) : this.#addRecords(page);
  }

  *#addRecords(page: readonly SourceRecord[]): Steps<void> {
    let work = 0;
    for (const { fields, attributes } of page) {
      const identity = fields[0];
      if (typeof identity !== 'string') throw noIdentity(identity);
      for (const [i, field] of this.#fields.entries()) field.set(this.#arrivals, fields[i] ?? null);
      work += identity.length + valueWork;
      for (const [name, value] of attributes) {
        this.#attributes.put(name, value);
        work += (value?.length ?? 0) + valueWork;
        if (work < stepWork) continue;
        work = 0;
        yield;
      }
      this.#attributes.endRecord();
      this.#arrivals++;
      if (work < stepWork) continue;
      work = 0;
      yield;
    }
  }

  *#addRows({ length, bytes, spans }: TextRows): Steps<void> {
    let at = 0;
    let work = 0;
    for (let row = 0; row < length; row++) {
      if ((spans[at] ?? -1) < 0) throw noIdentity(null);
      for (const field of this.#fields) {
        const start = spans[at] ?? -1;
        const end = spans[at + 1] ?? start;
        if (start >= 0) field.setBytes(this.#arrivals, bytes, start, end);
        work += Math.max(0, end - start) + valueWork;
        at += 2;
      }
      this.#attributes.endRecord();
      this.#arrivals++;
      if (work < stepWork) continue;
      work = 0;
      yield;
    }
  }

  /**
   * Sorts and encodes the rows, one column at a time, and frees what each column was built from. If rows have the same
   * identity, the first one is kept. The builder cannot be used afterwards.
   *
   * @param signal aborts between two columns
   */
  async finish({ startedAt, ...stats }: ScanFacts, signal?: AbortSignal): Promise<ColumnarSnapshot> {
    const pace = new Pace({ sliceMs, signal });
    const order = await this.#identity.order(pace);
    const columns: Column[] = [];
    const share = async (column: Column): Promise<Column> => {
      signal?.throwIfAborted();
      for (const known of columns) {
        if (await isSameText(known, column, pace)) return known;
        if (pace.due) await pace.pause();
      }
      columns.push(column);
      return column;
    };
    const fields = new Map<string, Column>();
    for (let field = this.#fields.shift(); field; field = this.#fields.shift()) {
      fields.set(field.name, await share(await field.finish(order, pace)));
    }
    const { slots, shapes } = await this.#attributes.finish(order, pace, share);
    const rowCount = order.length;
    return new ColumnarSnapshot({
      rowCount,
      startedAt,
      stats: { rows: rowCount, ...stats },
      fields,
      slots,
      shapes,
    });
  }
}

function noIdentity(value: unknown): ScanError {
  return new ScanError('SCAN_INVALID_RESPONSE', `the identity of a row is ${value}`);
}
