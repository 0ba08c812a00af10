import type { CatalogLocation } from '../../catalog/location.ts';
import { UsageError } from '../../errors.ts';
import type { CatalogFlags } from './flags.ts';
import { secretOf } from './secret-file.ts';

/**
 * The location of the catalog according to the flags.
 *
 * @throws UsageError if not exactly one of them is given, or one is given for the other
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
  if (catalog?.some((path) => databaseScheme.test(path))) {
    // Without the URL, which may contain a password.
    throw new UsageError('--catalog is for SQL files: give the URL of a database to --database-url');
  }
  if (catalog !== undefined) return { files: catalog };
  // As with psql, these are sufficient.
  if (process.env.PGHOST || process.env.PGDATABASE) return { databaseUrl: 'postgres://' };
  throw new UsageError(
    'say where the foreign tables are with --database-url (DATABASE_URL) or --catalog (CATALOG); `fdw-graphql demo` needs neither',
  );
}

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
const databaseScheme = /^postgres(?:ql)?:\/\//i;
