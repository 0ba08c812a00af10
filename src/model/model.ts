import type { ColumnType } from './column-type.ts';

/** The foreign tables that can be exposed, and what stood in the way of the rest. Frozen. */
export interface Model {
  readonly tables: readonly Table[];
  readonly problems: readonly Problem[];
  /** What the directives on the exposed schemas say of introspection; undefined where none says anything. */
  readonly introspection: boolean | undefined;
}

/** A foreign table as GraphQL exposes it. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** The name of the GraphQL type. */
  readonly typeName: string;
  readonly description: string | undefined;
  readonly server: string;
  /** The object of the server that the table stands for, such as `users`. */
  readonly object: string;
  readonly columns: readonly Column[];
  /** The key's columns in key order; empty where the table has none. */
  readonly key: readonly Column[];
  readonly totalCount: boolean;
  readonly aggregate: boolean;
  readonly maxRows: number;
  /** The role as which Postgres is asked for the rows, where it is and the directive names one. */
  readonly scanAs: string | undefined;
  /** Whether Postgres counts the rows before each scan. */
  readonly countRows: boolean;
  /** How fresh the rows are to be, where the directive says other than the gateway's own settings. */
  readonly freshness: Freshness;
  /** References to other tables and, in reverse, from them. */
  readonly relations: readonly Relation[];
  /** The foreign table that it is a view of; undefined where it is one itself. */
  readonly base?: TableName | undefined;
  /** Row filters by role, in the words of the contract's filters; undefined where the table has no policies. */
  readonly policies: ReadonlyMap<string, PolicyFilter> | undefined;
}

/** What tells tables apart. */
export type TableName = Pick<Table, 'schema' | 'name'>;

/** The table of that schema and name; undefined where none is exposed. */
export function findTable<T extends Pick<Table, 'schema' | 'name'>>(
  tables: readonly T[],
  { schema, name }: Pick<Table, 'schema' | 'name'>,
): T | undefined {
  return tables.find((table) => table.schema === schema && table.name === name);
}

/** Times in milliseconds, each undefined where the gateway's own setting has it. */
export interface Freshness {
  /** How long a snapshot is fresh, from when its scan began. */
  readonly maxAgeMs: number | undefined;
  /** How much longer it is served while a scan replaces it. */
  readonly staleWhileRevalidateMs: number | undefined;
  /** How long after the beginning of one scan the next begins on its own. */
  readonly refreshMs: number | undefined;
}

/** A column of an exposed table. */
export interface Column {
  readonly name: string;
  readonly fieldName: string;
  readonly description: string | undefined;
  readonly type: ColumnType;
  readonly notNull: boolean;
  /** Where a scan's record has the value. */
  readonly origin: Origin;
}

/** Where a scan's record has a column's value. */
export type Origin =
  /** One of the fixed fields of the source, such as `username`. */
  | {
      readonly kind: 'field';
      readonly field: string;
      /** The type that its text is of, where the source is to see to it. */
      readonly declaredType?: string;
    }
  /** One of a record's attributes, by name. */
  | { readonly kind: 'attribute'; readonly attribute: string }
  /** All of a record's attributes, as a JSON array of single-key objects. */
  | { readonly kind: 'attributes' };

/** One direction of a foreign key between two exposed tables. */
export interface Relation {
  readonly fieldName: string;
  readonly table: { readonly schema: string; readonly name: string };
  /** This table's columns and, at the same places, the columns of the other table that equal them. */
  readonly columns: readonly string[];
  readonly otherColumns: readonly string[];
  /** `one`: at most one row of the other table; `many`: a connection of them. */
  readonly cardinality: 'one' | 'many';
}

/** A policy's filter: a filter of the contract whose values may be `{"claim": "<path>"}`. */
export type PolicyFilter = { readonly [key: string]: unknown };

/** Why something cannot be exposed, or is ignored, and what to do about it. */
export interface Reason {
  readonly reason: string;
  readonly hint: string;
}

/** Something that could not be exposed, or was ignored. */
export interface Problem extends Reason {
  /** The object, as `schema.table`, `schema.table.column`, `schema x` or `server x`. */
  readonly object: string;
}

/** What one scan reads: an object of a foreign server, and the tables that show it. */
export interface ForeignObject {
  readonly server: string;
  readonly object: string;
  readonly tables: readonly Table[];
}

/** The foreign objects behind some tables, each once, in the order of their first tables. */
export function objectsOf(tables: readonly Table[]): readonly ForeignObject[] {
  const groups = new Map<string, Table[]>();
  for (const table of tables) {
    const path = JSON.stringify([table.server, table.object]);
    const group = groups.get(path);
    if (group) group.push(table);
    else groups.set(path, [table]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ server: first.server, object: first.object, tables: [first, ...others] }] : [],
  );
}
