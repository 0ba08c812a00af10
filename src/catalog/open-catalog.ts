import type { Catalog } from './catalog.ts';
import type { CatalogLocation } from './location.ts';
import { openPostgresCatalog } from './postgres/postgres-catalog.ts';
import { openSqlCatalog } from './sql/sql-catalog.ts';

/**
 * @throws UnavailableError if the catalog cannot be opened now
 * @throws ConfigurationError if it cannot be opened as configured
 */
export async function openCatalog(location: CatalogLocation): Promise<Catalog> {
  return 'databaseUrl' in location ? openPostgresCatalog(location.databaseUrl) : openSqlCatalog(location);
}
