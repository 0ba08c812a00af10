import { paced } from '../columns/pace.ts';
import type { Ready } from '../columns/ready.ts';
import {
  type CollectionQuery,
  type Connection,
  countMatches,
  openCollection,
} from '../graphql/collection.ts';
import type { ResolvedRelation } from '../graphql/field-meaning.ts';
import type { Key } from '../graphql/request-scope.ts';
import { relationKey, sameIfEmpty } from '../graphql/row-node.ts';
import type { TableView } from '../rows/store/view.ts';
import type { ConnectionPlan } from './connection-plan.ts';
import type { Loaded, Run } from './loaded.ts';
import type { RowField, RowPlan } from './row-plan.ts';

/** A field that leads to at most one row of another table. */
export function toOneRelation(relation: ResolvedRelation, plan: RowPlan): RowField {
  return {
    kind: 'relation',
    async load(view, rows, run): Promise<Loaded> {
      const related = await relatedRows(relation, view, rows, run);
      const found = related.map(([row]) => row);
      /** For each parent, the place of its row among those that were found; -1 if it has none. */
      const places = new Int32Array(found.length);
      const others: number[] = [];
      for (const [i, row] of found.entries()) places[i] = row === undefined ? -1 : others.push(row) - 1;
      if (others.length === 0) return { write: ({ out }) => void out.null() };
      const loaded = await plan.load(await run.scope.view(relation.other), others, run);
      return {
        write(answer, parent) {
          const place = places[parent] ?? -1;
          if (place >= 0) return loaded.write(answer, place);
          answer.out.null();
          return undefined;
        },
      };
    },
  };
}

/** A field that leads to a connection of another table's rows. Parents with the same rows share a connection. */
export function toManyRelation(
  relation: ResolvedRelation,
  plan: ConnectionPlan,
  queryOf: (run: Run) => Ready<CollectionQuery>,
): RowField {
  return {
    kind: 'relation',
    async load(view, rows, run): Promise<Loaded> {
      if (rows.length === 0) return { write: () => undefined };
      const query = await queryOf(run);
      const related = await relatedRows(relation, view, rows, run);
      const connections: Connection[] = [];
      const known = new Map<readonly number[], number>();
      /** For each parent, the place of its connection. */
      const places = new Uint32Array(related.length);
      for (const [parent, candidates] of related.entries()) {
        const place = known.get(candidates) ?? connections.length;
        places[parent] = place;
        let connection = connections[place];
        if (!connection) {
          connection = await openCollection(query, plan.selected, run.scope, candidates);
          known.set(candidates, connections.push(connection) - 1);
          if (run.scope.pace.due) await run.scope.pace.pause();
        }
        countMatches(connection, run.scope);
      }
      const loaded = await plan.load(connections, run);
      return { write: (answer, parent) => loaded.write(answer, places[parent] ?? 0) };
    },
  };
}

/** The related rows of each row, found in one pass. */
async function relatedRows(
  relation: ResolvedRelation,
  view: TableView,
  rows: readonly number[],
  { scope }: Run,
): Promise<readonly (readonly number[])[]> {
  const keys: (Key | undefined)[] = [];
  await paced(rows.length, scope.pace, (at) => {
    keys.push(relationKey({ view, row: rows[at] ?? 0 }, relation));
  });
  const present = keys.filter((key) => key !== undefined);
  // Without a key there is nothing to wait for.
  const found =
    present.length === 0 ? [] : await scope.rowsByKeys(relation.other, relation.otherColumns, present);
  let next = 0;
  return keys.map((key) => sameIfEmpty(key ? found[next++] : undefined));
}
