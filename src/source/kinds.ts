import type { CatalogDefinition, ServerDefinition, ViewBase } from '../model/definition.ts';
import { createCognitoKind } from './cognito/kind.ts';
import type { CatalogAccess, SourceKind } from './kind.ts';
import type { SourceChoice, SourceSettings } from './settings.ts';
import { createSqlKind } from './sql/kind.ts';
import { ScanPlaces } from './sql/scan-places.ts';

/** The kinds of foreign-data wrapper that are read. */
export interface SourceKinds {
  /** The more special ones first. */
  readonly chosen: readonly SourceKind[];
  /** Those that nobody chose: their tables are left out without a word. */
  readonly others: readonly SourceKind[];
}

/**
 * Every kind that has a source; of a table that several kinds could read, the first has it.
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

/** The catalog without the tables that only kinds would read which were not chosen, and without views of them. */
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
    tables,
    views: definition.views.filter(({ base }) => !base.ok || shows(base.value)),
  };
}
