import { type Ready, whenReady } from '../columns/ready.ts';
import { type CollectionQuery, openCollection } from '../graphql/collection.ts';
import { type EntityOutcome, findEntities } from '../graphql/entities.ts';
import type { Entities } from '../graphql/representation.ts';
import { keyFromArguments, type RowNode, rowByNodeId } from '../graphql/row-node.ts';
import type { Table } from '../model/model.ts';
import type { TableView } from '../rows/store/view.ts';
import type { Answer } from './answer.ts';
import type { ConnectionPlan } from './connection-plan.ts';
import type { ArgumentsOf, Loaded, Run } from './loaded.ts';
import type { LoadedRows, RowPlan } from './row-plan.ts';

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
        whenReady(openCollection(query, plan.selected, run.scope), (connection) =>
          plan.load([connection], run),
        ),
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

/** The rows that other subgraphs refer to. */
export function entitiesField(entities: Entities, plans: PlansByType, argumentsOf: ArgumentsOf): RootField {
  return {
    async load(run) {
      const { representations } = argumentsOf(run);
      if (!Array.isArray(representations)) throw new Error('representations is not a list');
      const context = { entities, schema: run.schema };
      const found = await findEntities(representations, context, run.scope);
      return loadEntities(found.map(rowOrThrow), plans, run);
    },
  };
}

function rowOrThrow(outcome: EntityOutcome): RowNode | null {
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** The rows of one type, and their places. */
interface EntityGroup {
  readonly view: TableView;
  readonly rows: number[];
}

async function loadEntities(
  nodes: readonly (RowNode | null)[],
  plans: PlansByType,
  run: Run,
): Promise<Loaded> {
  const groups = new Map<TableView, EntityGroup>();
  const places = nodes.map((node) => {
    if (!node) return undefined;
    const group = groups.get(node.view) ?? { view: node.view, rows: [] };
    groups.set(node.view, group);
    return { view: node.view, place: group.rows.push(node.row) - 1 };
  });
  const loaded = new Map<TableView, LoadedRows>();
  for (const { view, rows } of groups.values()) {
    loaded.set(view, await plans(view.table.typeName).load(view, rows, run));
  }
  return {
    async write(answer: Answer) {
      const { out } = answer;
      out.byte(openingBracket);
      for (const [i, entity] of places.entries()) {
        if (i > 0) out.byte(comma);
        const rows = entity && loaded.get(entity.view);
        if (!rows) out.null();
        else if (rows.isFlat) rows.write(answer, entity.place);
        else await rows.write(answer, entity.place);
        if (answer.due) await answer.step();
      }
      out.byte(closingBracket);
    },
  };
}

const comma = 0x2c;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
