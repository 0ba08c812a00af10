import { openCatalog } from '../catalog/open-catalog.ts';
import { ConfigurationError } from '../errors.ts';
import { describeCatalog } from '../gateway/catalog-reading.ts';
import { RoleSchemas } from '../graphql/role-schemas.ts';
import { catalogLocation } from './flags/catalog-location.ts';
import type { SdlFlags } from './flags/flags.ts';

/** Prints the schema of a role. */
export async function printSdl(flags: SdlFlags): Promise<void> {
  const catalog = await openCatalog(await catalogLocation(flags));
  try {
    const { definition, model } = await describeCatalog(catalog, flags);
    const schemas = new RoleSchemas(model, definition.roles, { federation: flags.federation });
    const role = flags.role ?? definition.loginRole;
    if (!schemas.has(role)) {
      throw new ConfigurationError(`--role: the database has no role ${JSON.stringify(role)}`);
    }
    process.stdout.write(`${schemas.of(role).print()}\n`);
  } finally {
    await catalog.close();
  }
}
