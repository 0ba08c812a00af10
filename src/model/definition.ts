/**
 * What a Postgres catalog says about its foreign tables, in this project's own terms.
 *
 * The catalog module produces these values and the model is built from them. They hold the server options as
 * written, secrets included, so they stay between the catalog and the sources and are never printed.
 */

import type { Reason } from './model.ts';
import type { Result } from './result.ts';

/** Options of a server, table or column, as written in `options (…)`. */
export type Options = ReadonlyMap<string, string>;

/** A foreign server and the wrapper behind it. */
export interface ServerDefinition {
  readonly name: string;
  readonly comment: string | undefined;
  readonly options: Options;
  readonly wrapper: {
    readonly name: string;
    readonly comment?: string | undefined;
    /** The name of the handler function; undefined if the wrapper was created without one. */
    readonly handler: string | undefined;
    readonly options: Options;
  };
}

/** The Postgres type of a column, after domains are resolved to their base type. */
export interface TypeDefinition {
  /** The type's name in the catalog (of the element type if `array` is set): `text`, `int4`, `timestamptz`, … */
  readonly name: string;
  readonly schema: string;
  readonly array: boolean;
  /** The modifier of a type such as `varchar(3)`, as in pg_attribute.atttypmod; absent if there is none. */
  readonly modifier?: number;
  /** The labels and comment, if it is an enum. */
  readonly enum: EnumDefinition | undefined;
}

/** An enum type. */
export interface EnumDefinition {
  /** In sort order. */
  readonly labels: readonly string[];
  readonly comment: string | undefined;
}

/** A column of a foreign table. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: TypeDefinition;
  readonly notNull: boolean;
  readonly options: Options;
  readonly comment: string | undefined;
}

/** A foreign table, its columns in declaration order. */
export interface ForeignTableDefinition {
  readonly schema: string;
  readonly name: string;
  readonly server: string;
  readonly options: Options;
  readonly comment: string | undefined;
  readonly columns: readonly ColumnDefinition[];
}

/** A view that reads a foreign table. */
export interface ViewDefinition {
  readonly schema: string;
  readonly name: string;
  readonly comment: string | undefined;
  /** The role with whose privileges it reads; undefined if it reads with those of the caller (`security_invoker`). */
  readonly reader: string | undefined;
  readonly columns: readonly ColumnDefinition[];
  /** The one relation it reads and the column behind each of its own, or why it is more than that. */
  readonly base: Result<ViewBase, Reason>;
}

/** The columns of a relation that a view shows. */
export interface ViewBase {
  readonly schema: string;
  readonly name: string;
  /** The relation's column for each column of the view, in the same order. */
  readonly columns: readonly string[];
}

/** A schema that contains foreign tables or views of them. */
export interface SchemaDefinition {
  readonly name: string;
  readonly comment: string | undefined;
}

/** Everything found by one consistent read of the catalog. */
export interface CatalogDefinition {
  readonly schemas: readonly SchemaDefinition[];
  readonly servers: readonly ServerDefinition[];
  readonly tables: readonly ForeignTableDefinition[];
  readonly views: readonly ViewDefinition[];
  readonly roles: readonly RoleGrants[];
  /** The role the catalog was read as. */
  readonly loginRole: string;
  /** Statements that were irrelevant to the catalog, if it comes from SQL files. */
  readonly skipped?: SkippedStatements | undefined;
}

/** Statements that were skipped, or that failed without affecting the catalog. */
export interface SkippedStatements {
  readonly total: number;
  /** The first of them. */
  readonly statements: readonly {
    readonly file: string;
    /** The line of its first word, from 1. */
    readonly line: number;
    /** The beginning of the statement, without any values. */
    readonly statement: string;
    readonly reason: string;
  }[];
}

/** What a role may SELECT: readable column names by table, as `schema` → `table` → columns. */
export interface RoleGrants {
  readonly role: string;
  readonly readable: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
}
