import type { GraphQLSchema } from 'graphql';
import { type Steps, takeReadySteps } from '../columns/pace.ts';
import { mapReady, type Ready, settleReady, whenReady } from '../columns/ready.ts';
import type { Table } from '../model/model.ts';
import type { TableView } from '../rows/store/view.ts';
import type { Entities } from './representation.ts';
import type { Key, RequestScope } from './request-scope.ts';

/** The context for parsing representations. */
export interface EntityContext {
  readonly entities: Entities;
  /** The schema with the types of the keys. */
  readonly schema: GraphQLSchema;
}

/** What a list of representations refers to. Where there is neither a row nor a failure, no row has the key. */
export interface FoundEntities {
  /** The number of representations. */
  readonly count: number;
  readonly groups: readonly EntityGroup[];
  /** Why single representations have no answer, by their places in the list. They do not affect the others. */
  readonly failures: ReadonlyMap<number, Error>;
}

/** The rows of one table. */
export interface EntityGroup {
  readonly view: TableView;
  readonly rows: readonly number[];
  /** The place of each row's representation in the list. */
  readonly places: readonly number[];
}

/** How many entities of one table may fail one by one; if its rows cannot be read for more, the field fails once. */
const mostFailures = 100;

/** How many representations may be invalid one by one; with more, the field fails once. */
const mostWrong = 1_000;

/** How many representations are parsed between two checks of the clock. */
const stride = 64;

/**
 * Finds the rows of all representations, those of a table in one pass.
 *
 * @throws BadUserInputError if too many representations are wrong
 * @throws ScanError and others if the rows of a table cannot be read and many of them were requested
 */
export function findEntities(
  representations: readonly unknown[],
  context: EntityContext,
  scope: RequestScope,
): Ready<FoundEntities> {
  const read = takeReadySteps(readReferences(representations, context), scope.pace);
  return whenReady(read, ({ wanted, failures }) =>
    whenReady(
      mapReady([...wanted.values()], (rows) => findRowsOf(rows, failures, scope)),
      (groups) => ({
        count: representations.length,
        groups: groups.filter((group) => group !== undefined),
        failures,
      }),
    ),
  );
}

/** The rows of one table that representations refer to. */
interface WantedRows {
  readonly table: Table;
  readonly keys: Key[];
  /** The place of each key's representation in the list. */
  readonly places: number[];
}

interface References {
  readonly wanted: ReadonlyMap<Table, WantedRows>;
  readonly failures: Map<number, Error>;
}

function* readReferences(
  representations: readonly unknown[],
  { entities, schema }: EntityContext,
): Steps<References> {
  const wanted = new Map<Table, WantedRows>();
  const failures = new Map<number, Error>();
  let latest: WantedRows | undefined;
  for (let place = 0; place < representations.length; place++) {
    if (place % stride === 0) yield;
    try {
      const { table, key } = entities.read(representations[place], place, schema);
      if (latest?.table !== table) {
        latest = wanted.get(table) ?? { table, keys: [], places: [] };
        wanted.set(table, latest);
      }
      latest.keys.push(key);
      latest.places.push(place);
    } catch (error) {
      if (failures.size >= mostWrong) throw error;
      failures.set(place, toError(error));
    }
  }
  return { wanted, failures };
}

/** Undefined if the rows cannot be read, which is then the failure of each of their representations. */
function findRowsOf(
  { table, keys, places }: WantedRows,
  failures: Map<number, Error>,
  scope: RequestScope,
): Ready<EntityGroup | undefined> {
  return settleReady<EntityGroup, EntityGroup | undefined>(
    () =>
      whenReady(scope.view(table), (view) =>
        whenReady(scope.rowsByKeys(table, table.key, keys), (found) => groupOf(view, places, found)),
      ),
    (group) => group,
    (error) => {
      if (places.length > mostFailures) throw error;
      for (const place of places) failures.set(place, toError(error));
      return undefined;
    },
  );
}

/** @param found the rows of each key, of which the first one counts */
function groupOf(
  view: TableView,
  wanted: readonly number[],
  found: readonly (readonly number[])[],
): EntityGroup {
  const rows: number[] = [];
  const places: number[] = [];
  for (let i = 0; i < wanted.length; i++) {
    const row = found[i]?.[0];
    const place = wanted[i];
    if (row === undefined || place === undefined) continue;
    rows.push(row);
    places.push(place);
  }
  return { view, rows, places };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
