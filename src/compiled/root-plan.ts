import { type Ready, whenReady } from '../columns/ready.ts';
import { type CollectionQuery, countMatches, openCollection } from '../graphql/collection.ts';
import { keyFromArguments, rowByNodeId } from '../graphql/row-node.ts';
import type { Table } from '../model/model.ts';
import type { ConnectionPlan } from './connection-plan.ts';
import type { ArgumentsOf, Loaded, Run } from './loaded.ts';
import type { RowPlan } from './row-plan.ts';

/** A field at the top of an operation. */
export interface RootField {
  /** Loads the field. It has one parent, with the number 0. */
  load(run: Run): Ready<Loaded>;
}

/** The plans for rows whose type is only known at run time, by type name. */
export type PlansByType = (typeName: string) => RowPlan;

/** A table's collection. */
export function collectionField(
  plan: ConnectionPlan,
  queryOf: (run: Run) => Ready<CollectionQuery>,
): RootField {
  return {
    load: (run) =>
      whenReady(queryOf(run), (query) =>
        whenReady(openCollection(query, plan.selected, run.scope), (connection) => {
          countMatches(connection, run.scope);
          return plan.load([connection], run);
        }),
      ),
  };
}

/** A row by its key. */
export function byPkField(table: Table, plan: RowPlan, argumentsOf: ArgumentsOf): RootField {
  return {
    load(run) {
      const { scope } = run;
      const key = keyFromArguments(table, argumentsOf(run));
      return whenReady(scope.rowsByKeys(table, table.key, [key]), ([found]) => {
        const row = found?.[0];
        if (row === undefined) return noRow;
        return whenReady(scope.view(table), (view) => plan.load(view, [row], run));
      });
    },
  };
}

/** A row by its nodeId. */
export function nodeField(tables: readonly Table[], plans: PlansByType, argumentsOf: ArgumentsOf): RootField {
  return {
    async load(run) {
      const node = await rowByNodeId(tables, argumentsOf(run).nodeId, run.scope);
      return node ? plans(node.view.table.typeName).load(node.view, [node.row], run) : noRow;
    },
  };
}

const noRow: Loaded = { write: ({ out }) => void out.null() };
