import type { Options } from '../model/definition.ts';

/** The location of a catalog: a Postgres server, or SQL to be run by an embedded one. */
export type CatalogLocation = { readonly databaseUrl: string } | SqlLocation;

/** The source of a catalog's SQL. */
export type SqlLocation =
  /** Files and folders, in the order in which they are run. */
  | { readonly files: readonly string[] }
  | {
      readonly sql: string;
      /** Options to add to every server, if they are only known at run time. */
      readonly serverOptions?: Options | undefined;
      /**
       * Files that only the embedded Postgres sees, by their absolute paths: what foreign tables of `file_fdw` read. With
       * them, foreign tables are read through it; without them it has no rows to give.
       */
      readonly data?: EmbeddedFiles | undefined;
    };

/** The bytes of files, by their paths. */
export type EmbeddedFiles = ReadonlyMap<string, Uint8Array>;
