import { openCatalog } from '../catalog/catalog.ts';
import { ConfigurationError } from '../errors.ts';
import { describeCatalog } from '../gateway.ts';
import { RoleSchemas } from '../graphql/role-schemas.ts';
import { type CatalogFlags, catalogLocation } from './catalog-location.ts';

/** Prints the schema that a role sees. */
export async function printSdl(
  flags: CatalogFlags & { readonly role?: string; readonly federation?: boolean },
): Promise<void> {
  const catalog = await openCatalog(catalogLocation(flags));
  try {
    const { definition, model } = await describeCatalog(catalog, flags);
    const schemas = new RoleSchemas(model, definition.roles, { federation: flags.federation ?? false });
    const role = flags.role ?? definition.loginRole;
    if (!schemas.has(role)) {
      throw new ConfigurationError(
        `--role must name a role of the database, but got ${JSON.stringify(role)}`,
      );
    }
    process.stdout.write(`${schemas.of(role).print()}\n`);
  } finally {
    await catalog.close();
  }
}
