import type { CatalogDefinition } from '../model/definition.ts';
import { createCognitoKind } from './cognito/kind.ts';
import type { CatalogAccess, SourceKind } from './kind.ts';
import type { SourceChoice, SourceSettings } from './settings.ts';
import { createSqlKind } from './sql/kind.ts';

/** Every kind of foreign-data wrapper that has a source, the more special ones first. */
export function createSourceKinds(catalog: CatalogAccess, settings: SourceSettings): readonly SourceKind[] {
  return [createCognitoKind(catalog, settings), createSqlKind(catalog)];
}

/** The catalog without the tables of other kinds than the chosen one. */
export function withChosenTables(
  definition: CatalogDefinition,
  kinds: readonly SourceKind[],
  choice: SourceChoice,
): CatalogDefinition {
  if (choice === 'all') return definition;
  const others = new Set(
    definition.servers
      .filter((server) => (kinds.find((kind) => kind.recognises(server))?.name ?? choice) !== choice)
      .map(({ name }) => name),
  );
  return { ...definition, tables: definition.tables.filter(({ server }) => !others.has(server)) };
}
