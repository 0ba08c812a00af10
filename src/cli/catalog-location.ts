import type { CatalogLocation } from '../catalog/catalog.ts';
import { UsageError } from '../errors.ts';

/** The flags that say where the catalog is. */
export interface CatalogFlags {
  readonly databaseUrl?: string;
  readonly catalog?: readonly string[];
  readonly schemas?: readonly string[];
}

/** @throws UsageError where not exactly one of the flags is given */
export function catalogLocation({ databaseUrl, catalog }: CatalogFlags): CatalogLocation {
  if (databaseUrl !== undefined && catalog !== undefined) {
    throw new UsageError('--database-url and --catalog must stand one without the other, but got both');
  }
  if (databaseUrl !== undefined) return { databaseUrl };
  if (catalog !== undefined) return { files: catalog };
  throw new UsageError(
    'either --database-url (DATABASE_URL) or --catalog (CATALOG) must say where the foreign tables are, but got neither; `fdw-graphql demo` needs none',
  );
}
