import { mapReady, type Ready, whenReady } from '../columns/ready.ts';
import type { Connection } from '../graphql/collection.ts';
import type { RowPage } from '../rows/query.ts';
import type { AggregatePlan } from './aggregate-plan.ts';
import type { Answer } from './answer.ts';
import type { ByteWriter } from './byte-writer.ts';
import { cursorWriter } from './id-writer.ts';
import type { Keyed, Loaded, Run } from './loaded.ts';
import { ReadyBytes } from './ready-bytes.ts';
import { closeObject, type LoadedRows, type RowPlan } from './row-plan.ts';
import type { ConstantWriter, ValueWriter } from './value-writer.ts';

/** A field of a connection. */
export type ConnectionField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'totalCount' }
  | { readonly kind: 'pageInfo'; readonly fields: readonly Keyed<PageInfoField>[] }
  | { readonly kind: 'edges'; readonly fields: readonly Keyed<EdgeField>[] }
  | { readonly kind: 'aggregate'; readonly plan: AggregatePlan };

/** A field of an edge. */
export type EdgeField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'cursor' }
  | { readonly kind: 'node'; readonly plan: RowPlan };

/** A field of `PageInfo`. */
export type PageInfoField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'startCursor' | 'endCursor' | 'hasNextPage' | 'hasPreviousPage' };

/** The selected fields of connections. */
export class ConnectionPlan {
  /** The names of the connection's selected fields. */
  readonly selected: ReadonlySet<string>;
  readonly #fields: readonly Keyed<ConnectionField>[];

  readonly #keys: readonly ReadyBytes[];
  readonly #usesCursors: boolean;

  constructor(fields: readonly Keyed<ConnectionField>[], selected: ReadonlySet<string>) {
    this.#fields = fields;
    this.selected = selected;
    this.#keys = fields.map(({ key }) => key);
    this.#usesCursors = fields.some(hasCursor);
  }

  /** Loads the fields of the pages' rows. All connections have rows of one table, in the same order. */
  load(connections: readonly Connection[], run: Run): Ready<Loaded> {
    const [first] = connections;
    const cursors = first && this.#usesCursors ? cursorWriter(first.view, first.order) : undefined;
    const parts = mapReady(this.#fields, ({ value }): Ready<Loaded> => {
      switch (value.kind) {
        case 'constant':
          return { write: ({ out }) => void value.writer.write(out) };
        case 'totalCount':
          return new TotalCounts(connections);
        case 'pageInfo':
          return new PageInfos(connections, value.fields, cursors);
        case 'edges':
          return loadEdges(connections, value.fields, cursors, run);
        case 'aggregate':
          return value.plan.load(connections, run);
      }
    });
    return whenReady(parts, (loaded) => new Connections(this.#keys, loaded));
  }
}

/** Whether a field of a connection needs cursors. */
function hasCursor({ value }: Keyed<ConnectionField>): boolean {
  if (value.kind === 'pageInfo') return true;
  return value.kind === 'edges' && value.fields.some((field) => field.value.kind === 'cursor');
}

class Connections implements Loaded {
  readonly #keys: readonly ReadyBytes[];
  readonly #fields: readonly Loaded[];

  constructor(keys: readonly ReadyBytes[], fields: readonly Loaded[]) {
    this.#keys = keys;
    this.#fields = fields;
  }

  write(answer: Answer, parent: number): Promise<void> | undefined {
    return this.#writeFrom(0, answer, parent);
  }

  #writeFrom(first: number, answer: Answer, parent: number): Promise<void> | undefined {
    for (let i = first; i < this.#fields.length; i++) {
      answer.out.raw(this.#keys[i] ?? nothing);
      const writing = this.#fields[i]?.write(answer, parent);
      if (writing) return writing.then(() => this.#writeFrom(i + 1, answer, parent));
    }
    closeObject(answer.out, this.#fields.length);
    return undefined;
  }
}

class TotalCounts implements Loaded {
  readonly #connections: readonly Connection[];

  constructor(connections: readonly Connection[]) {
    this.#connections = connections;
  }

  write({ out }: Answer, parent: number): undefined {
    out.text(String(this.#connections[parent]?.page.totalCount));
  }
}

class PageInfos implements Loaded {
  readonly #connections: readonly Connection[];
  readonly #fields: readonly Keyed<PageInfoField>[];
  readonly #cursors: ValueWriter | undefined;

  constructor(
    connections: readonly Connection[],
    fields: readonly Keyed<PageInfoField>[],
    cursors: ValueWriter | undefined,
  ) {
    this.#connections = connections;
    this.#fields = fields;
    this.#cursors = cursors;
  }

  write({ out }: Answer, parent: number): undefined {
    const page = this.#connections[parent]?.page;
    for (const { key, value } of this.#fields) {
      out.raw(key);
      if (value.kind === 'constant') value.writer.write(out);
      else if (page) this.#writeField(out, value.kind, page);
    }
    closeObject(out, this.#fields.length);
  }

  #writeField(out: ByteWriter, field: Exclude<PageInfoField['kind'], 'constant'>, page: RowPage): void {
    if (field === 'hasNextPage' || field === 'hasPreviousPage') {
      out.text(String(page[field]));
      return;
    }
    const row = page.rows.at(field === 'startCursor' ? 0 : -1);
    if (row === undefined) out.null();
    else this.#cursors?.write(out, row);
  }
}

/** A loaded field of edges. */
type EdgeCell =
  | { readonly kind: 'value'; readonly writer: ValueWriter }
  | { readonly kind: 'node'; readonly rows: LoadedRows };

function loadEdges(
  connections: readonly Connection[],
  fields: readonly Keyed<EdgeField>[],
  cursors: ValueWriter | undefined,
  run: Run,
): Ready<Loaded> {
  const [first] = connections;
  if (!first) return { write: () => undefined };
  const rows = connections.length === 1 ? first.page.rows : connections.flatMap(({ page }) => page.rows);
  const cells = mapReady(fields, ({ key, value }): Ready<Keyed<EdgeCell>> => {
    switch (value.kind) {
      case 'constant':
        return { key, value: { kind: 'value', writer: value.writer } };
      case 'cursor':
        return { key, value: { kind: 'value', writer: cursors ?? cursorWriter(first.view, first.order) } };
      case 'node':
        return whenReady(value.plan.load(first.view, rows, run), (loaded) => ({
          key,
          value: { kind: 'node', rows: loaded },
        }));
    }
  });
  return whenReady(cells, (loaded) => new Edges(connections, rows, loaded));
}

class Edges implements Loaded {
  /** The start of each connection's rows in `rows`, followed by the end of the last. */
  readonly #starts: readonly number[];
  readonly #rows: readonly number[];
  readonly #fields: readonly Keyed<EdgeCell>[];
  /** Whether writing an edge takes almost no time. */
  readonly #isFlat: boolean;

  constructor(
    connections: readonly Connection[],
    rows: readonly number[],
    fields: readonly Keyed<EdgeCell>[],
  ) {
    let end = 0;
    this.#starts = [0, ...connections.map(({ page }) => (end += page.rows.length))];
    this.#rows = rows;
    this.#fields = fields;
    this.#isFlat = fields.every(({ value }) => value.kind === 'value' || value.rows.isFlat);
  }

  write(answer: Answer, parent: number): Promise<void> | undefined {
    answer.out.byte(openingBracket);
    return this.#writeFrom(this.#starts[parent] ?? 0, answer, parent);
  }

  /** Writes the edges from this one on, synchronously as long as none has to pause. */
  #writeFrom(first: number, answer: Answer, parent: number): Promise<void> | undefined {
    const { out } = answer;
    const start = this.#starts[parent] ?? 0;
    const end = this.#starts[parent + 1] ?? 0;
    for (let place = first; place < end; place++) {
      if (place > start) out.byte(comma);
      if (this.#isFlat) {
        for (const { key, value } of this.#fields) {
          out.raw(key);
          if (value.kind === 'value') value.writer.write(out, this.#rows[place] ?? 0);
          else value.rows.write(answer, place);
        }
        closeObject(out, this.#fields.length);
        if (answer.due) return answer.step().then(() => this.#writeFrom(place + 1, answer, parent));
      } else {
        return this.#writeNested(place, answer).then(() => this.#writeFrom(place + 1, answer, parent));
      }
    }
    out.byte(closingBracket);
    return undefined;
  }

  async #writeNested(place: number, answer: Answer): Promise<void> {
    const { out } = answer;
    for (const { key, value } of this.#fields) {
      out.raw(key);
      if (value.kind === 'value') value.writer.write(out, this.#rows[place] ?? 0);
      else await value.rows.write(answer, place);
    }
    closeObject(out, this.#fields.length);
    if (answer.due) await answer.step();
  }
}

const nothing = new ReadyBytes('');

const comma = 0x2c;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
