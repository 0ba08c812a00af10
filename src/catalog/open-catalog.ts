import type { Catalog } from './catalog.ts';
import { openPostgresCatalog } from './postgres/postgres-catalog.ts';
import { openSqlCatalog, type SqlLocation } from './sql/sql-catalog.ts';

/** Where the catalog is: in a Postgres server, or in SQL that an embedded one runs. */
export type CatalogLocation = { readonly databaseUrl: string } | SqlLocation;

/**
 * @throws UnavailableError where the catalog cannot be opened now
 * @throws ConfigurationError where it cannot be opened as configured
 */
export async function openCatalog(location: CatalogLocation): Promise<Catalog> {
  return 'databaseUrl' in location ? openPostgresCatalog(location.databaseUrl) : openSqlCatalog(location);
}
