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
    };
