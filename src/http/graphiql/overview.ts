import type { Caller } from '../../auth/authenticator.ts';
import { type ForeignObject, objectsOf, type Table } from '../../model/model.ts';
import type { SnapshotGlance } from '../../snapshot/store-status.ts';
import { type Example, exampleQueries } from './examples.ts';

/** What the page shows in addition to GraphiQL, as far as the caller may know it. */
export interface Overview {
  readonly role: string;
  /** Whether the gateway verifies tokens, so that another token may show more. */
  readonly verifiesTokens: boolean;
  readonly examples: readonly Example[];
  readonly objects: readonly ObjectOverview[];
}

/** A foreign object, with all of its tables. */
export interface ObjectOverview {
  readonly tables: readonly string[];
  /** The latest snapshot; undefined before the first scan has ended. */
  readonly snapshot:
    | { readonly rows?: number; readonly ageSeconds: number; readonly isFresh: boolean }
    | undefined;
  /** The scan that is running. */
  readonly scan: { readonly rows?: number; readonly estimatedRows?: number } | undefined;
}

/** The parts of the gateway that an overview describes. */
export interface OverviewPorts {
  readonly verifiesTokens: boolean;
  /** The tables that a role may read, with only its columns. */
  tablesOf(role: string): readonly Table[];
  /** Whether the caller sees all rows of a table, and so may know how many there are. */
  seesAll(caller: Caller, table: Table): boolean;
  /** The latest snapshot of the object behind a table. */
  glance(table: Table): SnapshotGlance | undefined;
  /** The progress of the running scan of the object behind a table. */
  progress(table: Table): { readonly rows: number; readonly estimatedRows: number | undefined } | undefined;
}

/** Describes what a caller can query, and how fresh it is. */
export function overviewFor(caller: Caller, ports: OverviewPorts): Overview {
  const tables = ports.tablesOf(caller.role);
  return {
    role: caller.role,
    verifiesTokens: ports.verifiesTokens,
    examples: exampleQueries(tables),
    objects: objectsOf(tables).map((object) => overviewOf(object, caller, ports)),
  };
}

function overviewOf({ tables }: ForeignObject, caller: Caller, ports: OverviewPorts): ObjectOverview {
  const snapshot = ports.glance(tables[0]);
  const scan = ports.progress(tables[0]);
  // The number of rows would reveal that a policy hides some.
  const seesAll = tables.every((table) => ports.seesAll(caller, table));
  return {
    tables: tables.map(({ schema, name }) => `${schema}.${name}`),
    snapshot: snapshot && {
      ...(seesAll && { rows: snapshot.rows }),
      ageSeconds: Math.floor(snapshot.ageMs / 1000),
      isFresh: snapshot.freshness === 'fresh',
    },
    scan: scan && {
      ...(seesAll && { rows: scan.rows }),
      ...(seesAll && scan.estimatedRows !== undefined && { estimatedRows: scan.estimatedRows }),
    },
  };
}
