import type { CatalogLocation } from '../../catalog/location.ts';
import { UsageError } from '../../errors.ts';
import type { CatalogFlags } from './flags.ts';
import { secretOf } from './secret-file.ts';

/**
 * The location of the catalog according to the flags.
 *
 * @throws UsageError if not exactly one of them is given
 */
export async function catalogLocation(
  flags: Pick<CatalogFlags, 'databaseUrl' | 'databaseUrlFile' | 'catalog'>,
): Promise<CatalogLocation> {
  const { catalog } = flags;
  const databaseUrl = await secretOf('--database-url', flags.databaseUrl, flags.databaseUrlFile);
  if (databaseUrl !== undefined && catalog !== undefined) {
    throw new UsageError('--database-url and --catalog cannot be combined');
  }
  if (databaseUrl !== undefined) return { databaseUrl };
  if (catalog !== undefined) return { files: catalog };
  // As with psql, these are sufficient.
  if (process.env.PGHOST || process.env.PGDATABASE) return { databaseUrl: 'postgres://' };
  throw new UsageError(
    'say where the foreign tables are with --database-url (DATABASE_URL) or --catalog (CATALOG); `fdw-graphql demo` needs neither',
  );
}
