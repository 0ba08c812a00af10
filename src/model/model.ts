import type { ColumnType } from './column-type.ts';

/** The exposed foreign tables, and the problems of the rest. Frozen. */
export interface Model {
  readonly tables: readonly Table[];
  readonly problems: readonly Problem[];
  /** What the directives of the exposed schemas say about introspection; undefined if they say nothing. */
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
  /** The foreign object that the table exposes, such as `users`. */
  readonly object: string;
  readonly columns: readonly Column[];
  /** The key's columns in key order; empty if the table has none. */
  readonly key: readonly Column[];
  readonly totalCount: boolean;
  readonly aggregate: boolean;
  readonly maxRows: number;
  /** The role as which rows are read through Postgres, if the directive names one. */
  readonly scanAs: string | undefined;
  /** Whether Postgres counts the rows before each scan. */
  readonly countRows: boolean;
  /** The freshness settings of the directive, which override those of the gateway. */
  readonly freshness: Freshness;
  /** References to other tables and, in reverse, references from them. */
  readonly relations: readonly Relation[];
  /** The foreign table, if this is a view of one. */
  readonly base?: TableName | undefined;
  /** Row filters by role, as filter inputs of the API; undefined if the table has no policies. */
  readonly policies: ReadonlyMap<string, PolicyFilter> | undefined;
}

/** The qualified name of a table. */
export type TableName = Pick<Table, 'schema' | 'name'>;

/** The table with this schema and name; undefined if it is not exposed. */
export function findTable<T extends TableName>(
  tables: readonly T[],
  { schema, name }: TableName,
): T | undefined {
  for (const table of tables) if (table.schema === schema && table.name === name) return table;
  return undefined;
}

/** Durations in milliseconds. If one is undefined, the gateway's setting applies. */
export interface Freshness {
  /** How long a snapshot is fresh, from the start of its scan. */
  readonly maxAgeMs: number | undefined;
  /** How much longer it is served stale while a scan replaces it. */
  readonly staleWhileRevalidateMs: number | undefined;
  /** How long after the start of one scan the next starts on its own. */
  readonly refreshMs: number | undefined;
}

/** A column of an exposed table. */
export interface Column {
  readonly name: string;
  readonly fieldName: string;
  readonly description: string | undefined;
  readonly type: ColumnType;
  readonly notNull: boolean;
  /** Where the value is in a scanned record. */
  readonly origin: Origin;
}

/** Where a column's value is in a scanned record. */
export type Origin =
  /** One of the fixed fields of the source, such as `username`. */
  | {
      readonly kind: 'field';
      readonly field: string;
      /** The declared type of its text, if the source itself has to apply it. */
      readonly declaredType?: string;
    }
  /** One of a record's attributes, by name. */
  | { readonly kind: 'attribute'; readonly attribute: string }
  /** All of a record's attributes, as a JSON array of single-key objects. */
  | { readonly kind: 'attributes' };

/** One direction of a foreign key between two exposed tables. */
export interface Relation {
  readonly fieldName: string;
  readonly table: TableName;
  /** This table's columns and, at the same indexes, the columns of the other table that equal them. */
  readonly columns: readonly string[];
  readonly otherColumns: readonly string[];
  /** `one`: at most one row of the other table; `many`: a connection of rows. */
  readonly cardinality: 'one' | 'many';
}

/** A policy's filter: a filter input of the API whose values may be `{"claim": "<path>"}`. */
export type PolicyFilter = { readonly [key: string]: unknown };

/** Why something cannot be exposed or is ignored, and what to do about it. */
export interface Reason {
  readonly reason: string;
  readonly hint: string;
}

/** Something that cannot be exposed or is ignored. */
export interface Problem extends Reason {
  /** The object, as `schema.table`, `schema.table.column`, `schema x` or `server x`. */
  readonly object: string;
}

/** What one scan reads: an object of a foreign server, with the tables that expose it. */
export interface ForeignObject {
  readonly server: string;
  readonly object: string;
  readonly tables: readonly [Table, ...Table[]];
}

/** A key for the foreign object, unambiguous whatever its names contain. */
export function objectKey({ server, object }: Pick<ForeignObject, 'server' | 'object'>): string {
  return JSON.stringify([server, object]);
}

/** The distinct foreign objects of some tables, in the order of their first tables. */
export function objectsOf(tables: readonly Table[]): readonly ForeignObject[] {
  const groups = new Map<string, Table[]>();
  for (const table of tables) {
    const key = objectKey(table);
    const group = groups.get(key);
    if (group) group.push(table);
    else groups.set(key, [table]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ server: first.server, object: first.object, tables: [first, ...others] }] : [],
  );
}
