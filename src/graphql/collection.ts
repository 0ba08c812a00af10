import type { Pace } from '../columns/pace.ts';
import { type Ready, whenReady } from '../columns/ready.ts';
import type { Table } from '../model/model.ts';
import type { FilterInput } from '../plan/filter.ts';
import { type OrderInput, toOrder } from '../plan/order.ts';
import { type PageInput, toPage } from '../plan/page.ts';
import type { Filter } from '../rows/filter/filter.ts';
import { encodeCursor } from '../rows/page/cursor-and-node-id.ts';
import { type OrderKey, type PageRequest, queryRows, type RowPage } from '../rows/query.ts';
import type { TableView } from '../rows/store/view.ts';
import { inPortions } from './portions.ts';
import type { RequestScope } from './request-scope.ts';

/** The arguments of a collection, as coerced by GraphQL. */
export interface CollectionArguments extends PageInput {
  readonly filter?: FilterInput | null | undefined;
  readonly orderBy?: readonly (OrderInput | null)[] | null | undefined;
}

/** A page of a table's rows, and what its fields are computed from. */
export interface Connection {
  readonly view: TableView;
  readonly order: readonly OrderKey[];
  readonly page: RowPage;
  /** The whole collection, before paging. */
  readonly rows: { readonly filter: Filter | undefined; readonly candidates: readonly number[] | undefined };
}

/** One row of a connection. */
export interface Edge {
  readonly connection: Connection;
  readonly row: number;
}

/** The arguments of a collection in terms of the query engine. */
export interface CollectionQuery {
  readonly table: Table;
  readonly filter: Filter | undefined;
  readonly order: readonly OrderKey[];
  readonly page: PageRequest;
}

/**
 * Reads the arguments of a collection.
 *
 * @throws BadUserInputError if they are invalid
 */
export function readCollection(
  table: Table,
  args: CollectionArguments,
  scope: RequestScope,
): Ready<CollectionQuery> {
  return whenReady(scope.plannedFilter(table, args.filter), (filter) => queryOf(table, args, filter, scope));
}

function queryOf(
  table: Table,
  args: CollectionArguments,
  filter: Filter | undefined,
  scope: RequestScope,
): CollectionQuery {
  const order = toOrder(table, args.orderBy);
  return { table, filter, order, page: toPage(table, order, args, scope.seal) };
}

/**
 * Answers a collection: snapshot, filter, order, page.
 *
 * @param selected the names of the connection's requested fields
 * @param candidates the rows to choose from, if the collection is that of a relation; they are known to be visible
 */
export function openCollection(
  query: CollectionQuery,
  selected: ReadonlySet<string>,
  scope: RequestScope,
  candidates?: readonly number[],
): Ready<Connection> {
  const { table, order, page } = query;
  return whenReady(scope.view(table), (view) => {
    const filter = candidates ? query.filter : scope.visible(table, query.filter);
    const rows = filter === 'none' ? { filter: undefined, candidates: [] } : { filter, candidates };
    const wanted = { totalCount: selected.has('totalCount'), pageInfo: selected.has('pageInfo') };
    return whenReady(queryRows(view, { ...rows, order, page, wanted }, scope.pace), (found) => ({
      view,
      order,
      page: found,
      rows,
    }));
  });
}

/** Adds the rows that the connection's filter matched to the request's count, once for each field that shows the connection. */
export function countMatches({ view, page }: Connection, scope: RequestScope): void {
  // Without the count a page does not say how many rows match.
  if (page.totalCount !== undefined) scope.countMatches(view.table, page.totalCount);
}

/** The edges of the page. */
export function edgesOf(connection: Connection, pace: Pace): readonly (Edge | Promise<Edge>)[] {
  return inPortions(connection.page.rows, pace, (row) => ({ connection, row }));
}

/**
 * The cursor of a row of the page; null if the page has no such row.
 *
 * @param index counts from the end if negative
 */
export function cursorAt({ view, order, page }: Connection, index: number): string | null {
  const row = page.rows.at(index);
  return row === undefined ? null : encodeCursor(view, order, row);
}
