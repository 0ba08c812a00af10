import type { CatalogDefinition, ServerDefinition, ViewBase } from '../model/definition.ts';
import { createCognitoKind } from './cognito/kind.ts';
import type { CatalogAccess, SourceKind } from './kind.ts';
import type { SourceChoice, SourceSettings } from './settings.ts';
import { createSqlKind } from './sql/kind.ts';
import { ScanPlaces } from './sql/scan-places.ts';

/** The kinds of foreign-data wrapper that are read. */
export interface SourceKinds {
  /** The more specific ones first. */
  readonly chosen: readonly SourceKind[];
  /** The kinds that were not chosen. Their servers and tables are left out, without a problem for each. */
  readonly others: readonly SourceKind[];
}

/**
 * All kinds of foreign-data wrapper that can be read. If several could read a table, the first does.
 *
 * @param scanPlaces for all scans through Postgres
 */
export function createSourceKinds(
  catalog: CatalogAccess,
  settings: SourceSettings,
  choice: SourceChoice,
  scanPlaces = new ScanPlaces(settings.scanConnections),
): SourceKinds {
  const kinds = [createCognitoKind(catalog, settings), createSqlKind(catalog, scanPlaces)];
  const isChosen = ({ name }: SourceKind) => choice === 'all' || name === choice;
  return { chosen: kinds.filter(isChosen), others: kinds.filter((kind) => !isChosen(kind)) };
}

/** The catalog without the servers that only kinds which were not chosen could read, and without their tables and views. */
export function withChosenTables(
  definition: CatalogDefinition,
  { chosen, others }: SourceKinds,
): CatalogDefinition {
  const recognisedBy = (kinds: readonly SourceKind[], server: ServerDefinition) =>
    kinds.some((kind) => kind.recognises(server));
  const leftOut = new Set(
    definition.servers
      .filter((server) => recognisedBy(others, server) && !recognisedBy(chosen, server))
      .map(({ name }) => name),
  );
  const tables = definition.tables.filter(({ server }) => !leftOut.has(server));
  const shows = ({ schema, name }: ViewBase) =>
    tables.some((table) => table.schema === schema && table.name === name) ||
    !definition.tables.some((table) => table.schema === schema && table.name === name);
  return {
    ...definition,
    servers: definition.servers.filter(({ name }) => !leftOut.has(name)),
    tables,
    views: definition.views.filter(({ base }) => !base.ok || shows(base.value)),
  };
}
