import { createCognitoKind } from './cognito/kind.ts';
import type { CatalogAccess, SourceKind } from './kind.ts';
import type { SourceSettings } from './settings.ts';
import { createSqlKind } from './sql/kind.ts';

/** Every kind of foreign-data wrapper that has a source, the more special ones first. */
export function createSourceKinds(catalog: CatalogAccess, settings: SourceSettings): readonly SourceKind[] {
  return [createCognitoKind(catalog, settings), createSqlKind(catalog)];
}
