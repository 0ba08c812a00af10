import type { Connection } from '../graphql/collection.ts';
import type { RowPage } from '../rows/query.ts';
import type { AggregatePlan } from './aggregate-plan.ts';
import type { Answer } from './answer.ts';
import type { ByteWriter } from './byte-writer.ts';
import { cursorWriter } from './id-writer.ts';
import type { Keyed, Loaded, Run } from './loaded.ts';
import { closeObject, type LoadedRows, type RowPlan } from './row-plan.ts';
import type { ConstantWriter, ValueWriter } from './value-writer.ts';

/** What a field of a connection is. */
export type ConnectionField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'totalCount' }
  | { readonly kind: 'pageInfo'; readonly fields: readonly Keyed<PageInfoField>[] }
  | { readonly kind: 'edges'; readonly fields: readonly Keyed<EdgeField>[] }
  | { readonly kind: 'aggregate'; readonly plan: AggregatePlan };

/** What a field of an edge is. */
export type EdgeField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'cursor' }
  | { readonly kind: 'node'; readonly plan: RowPlan };

/** What a field of `PageInfo` is. */
export type PageInfoField =
  | { readonly kind: 'constant'; readonly writer: ConstantWriter }
  | { readonly kind: 'startCursor' | 'endCursor' | 'hasNextPage' | 'hasPreviousPage' };

/** What is selected of connections. */
export class ConnectionPlan {
  /** The names of the connection's fields that are selected. */
  readonly selected: ReadonlySet<string>;
  readonly #fields: readonly Keyed<ConnectionField>[];

  constructor(fields: readonly Keyed<ConnectionField>[], selected: ReadonlySet<string>) {
    this.#fields = fields;
    this.selected = selected;
  }

  /** Finds what the pages' rows lead to. All connections are pages of one table's rows, in the same order. */
  async load(connections: readonly Connection[], run: Run): Promise<Loaded> {
    const [first] = connections;
    const cursors = first && cursorWriter(first.view, first.order);
    const parts = this.#fields.map(async ({ key, value }): Promise<Keyed<Loaded>> => {
      switch (value.kind) {
        case 'constant':
          return { key, value: { write: ({ out }) => void value.writer.write(out) } };
        case 'totalCount':
          return { key, value: new TotalCounts(connections) };
        case 'pageInfo':
          return { key, value: new PageInfos(connections, value.fields, cursors) };
        case 'edges':
          return { key, value: await loadEdges(connections, value.fields, cursors, run) };
        case 'aggregate':
          return { key, value: await value.plan.load(connections, run) };
      }
    });
    return new Connections(await Promise.all(parts));
  }
}

class Connections implements Loaded {
  readonly #fields: readonly Keyed<Loaded>[];

  constructor(fields: readonly Keyed<Loaded>[]) {
    this.#fields = fields;
  }

  async write(answer: Answer, parent: number): Promise<void> {
    for (const { key, value } of this.#fields) {
      answer.out.raw(key);
      const writing = value.write(answer, parent);
      if (writing) await writing;
    }
    closeObject(answer.out, this.#fields.length);
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

/** A field of edges, ready to be written for each of them. */
type EdgeCell =
  | { readonly kind: 'value'; readonly writer: ValueWriter }
  | { readonly kind: 'node'; readonly rows: LoadedRows };

async function loadEdges(
  connections: readonly Connection[],
  fields: readonly Keyed<EdgeField>[],
  cursors: ValueWriter | undefined,
  run: Run,
): Promise<Loaded> {
  const [first] = connections;
  if (!first || !cursors) return { write: () => undefined };
  const rows = connections.length === 1 ? first.page.rows : connections.flatMap(({ page }) => page.rows);
  const cells = fields.map(async ({ key, value }): Promise<Keyed<EdgeCell>> => {
    switch (value.kind) {
      case 'constant':
        return { key, value: { kind: 'value', writer: value.writer } };
      case 'cursor':
        return { key, value: { kind: 'value', writer: cursors } };
      case 'node':
        return { key, value: { kind: 'node', rows: await value.plan.load(first.view, rows, run) } };
    }
  });
  return new Edges(connections, rows, await Promise.all(cells));
}

class Edges implements Loaded {
  /** Where the rows of each connection begin in `rows`, and end those of the last. */
  readonly #starts: readonly number[];
  readonly #rows: readonly number[];
  readonly #fields: readonly Keyed<EdgeCell>[];

  constructor(
    connections: readonly Connection[],
    rows: readonly number[],
    fields: readonly Keyed<EdgeCell>[],
  ) {
    let end = 0;
    this.#starts = [0, ...connections.map(({ page }) => (end += page.rows.length))];
    this.#rows = rows;
    this.#fields = fields;
  }

  async write(answer: Answer, parent: number): Promise<void> {
    const { out } = answer;
    const start = this.#starts[parent] ?? 0;
    const end = this.#starts[parent + 1] ?? 0;
    out.byte(openingBracket);
    for (let place = start; place < end; place++) {
      if (place > start) out.byte(comma);
      for (const { key, value } of this.#fields) {
        out.raw(key);
        if (value.kind === 'value') value.writer.write(out, this.#rows[place] ?? 0);
        else if (value.rows.isFlat) value.rows.write(answer, place);
        else await value.rows.write(answer, place);
      }
      closeObject(out, this.#fields.length);
      if (answer.due) await answer.step();
    }
    out.byte(closingBracket);
  }
}

const comma = 0x2c;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
