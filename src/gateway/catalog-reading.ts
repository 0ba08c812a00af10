import type { PostgresRoles } from '../auth/authenticator.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { buildModel } from '../model/build.ts';
import type { CatalogDefinition } from '../model/definition.ts';
import type { Model } from '../model/model.ts';
import type { Observe } from '../observation.ts';
import { policyProblems } from '../plan/policy.ts';
import { createSourceKinds, type SourceKinds, withChosenTables } from '../source/kinds.ts';
import { openServers, type Servers } from '../source/servers.ts';
import { resolveSourceSettings } from '../source/settings.ts';
import type { GatewayOptions, SourceOptions } from './options.ts';

/** One reading of the catalog. */
export interface CatalogReading {
  readonly definition: CatalogDefinition;
  readonly servers: Servers;
  readonly model: Model;
}

/**
 * Reads a catalog and builds the model and servers of its tables.
 *
 * @param kinds shared by several readings of the catalog, to keep their state
 */
export async function describeCatalog(
  catalog: Catalog,
  options: Pick<GatewayOptions, 'schemas' | 'sources' | 'federation'> & SourceOptions,
  kinds: SourceKinds = createSourceKinds(catalog, resolveSourceSettings(options), options.sources ?? 'all'),
): Promise<CatalogReading> {
  const definition = withChosenTables(await catalog.readDefinition(), kinds);
  const servers = await openServers(definition, kinds.chosen);
  const model = buildModel(definition, {
    dialectOf: servers.dialectOf,
    schemas: options.schemas,
    federation: options.federation ?? false,
  });
  const problems = [...servers.problems, ...model.problems, ...model.tables.flatMap(policyProblems)];
  return { definition, servers, model: { ...model, problems } };
}

/** Observes what was read, and the problems. */
export function observeReading({ definition: { skipped }, model }: CatalogReading, observe: Observe): void {
  observe({ event: 'model', tables: model.tables.length, problems: model.problems.length });
  if (skipped?.total) observe({ event: 'statements-skipped', statements: skipped.total });
  for (const problem of model.problems) observe({ event: 'problem', ...problem });
}

/** The roles that tokens may name. */
export function rolesOf({ definition: { loginRole, roles } }: CatalogReading): PostgresRoles {
  return { loginRole, roleExists: (role) => roles.some((known) => known.role === role) };
}
