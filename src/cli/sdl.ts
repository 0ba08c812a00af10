import { printSchema } from 'graphql';
import { openCatalog } from '../catalog/catalog.ts';
import { ConfigurationError } from '../errors.ts';
import { describeCatalog } from '../gateway.ts';
import { RoleSchemas } from '../graphql/role-schemas.ts';
import { type CatalogFlags, catalogLocation } from './catalog-location.ts';

/** Prints the schema that a role sees. */
export async function printSdl(flags: CatalogFlags & { readonly role?: string }): Promise<void> {
  const catalog = await openCatalog(catalogLocation(flags));
  try {
    const { definition, model } = await describeCatalog(catalog, flags);
    const schemas = new RoleSchemas(model, definition.roles);
    const role = flags.role ?? definition.loginRole;
    if (!schemas.has(role)) {
      throw new ConfigurationError(
        `--role must name a role of the database, but got ${JSON.stringify(role)}`,
      );
    }
    process.stdout.write(`${printSchema(schemas.of(role).schema)}\n`);
  } finally {
    await catalog.close();
  }
}
