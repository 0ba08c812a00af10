import type { Options } from '../model/definition.ts';

/** Where the catalog is: in a Postgres server, or in SQL that an embedded one runs. */
export type CatalogLocation = { readonly databaseUrl: string } | SqlLocation;

/** Where the SQL of a catalog comes from. */
export type SqlLocation =
  /** Files, and folders of files, in the order in which they are run. */
  | { readonly files: readonly string[] }
  | {
      readonly sql: string;
      /** What to add to every server's options, where it is known at run time alone. */
      readonly serverOptions?: Options | undefined;
      /**
       * Files that only the embedded Postgres sees, by their absolute paths: what foreign tables of `file_fdw` read. With
       * them, foreign tables are read through it; without them it has no rows to give.
       */
      readonly data?: EmbeddedFiles | undefined;
    };

/** The bytes of files, by their paths. */
export type EmbeddedFiles = ReadonlyMap<string, Uint8Array>;
