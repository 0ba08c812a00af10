import type { CatalogDefinition, TypeDefinition } from './definition.ts';
import type { Dialect } from './dialect.ts';
import type { Model, Problem, Reason } from './model.ts';
import { isGraphQLName, toTypeName } from './name.ts';
import { relate } from './relation.ts';
import type { Result } from './result.ts';
import { defaultSchemaSettings, readSchemaSettings } from './schema-settings.ts';
import { buildTable, type TableDraft } from './table.ts';
import { withoutCollisions } from './type-names.ts';

/** What of a catalog to expose, and by what. */
export interface ModelOptions {
  /** What the definitions of a server mean, or why none of its tables can be exposed. */
  readonly dialectOf: (server: string) => Result<Dialect, Reason>;
  /** The schemas to expose; all that hold foreign tables where undefined. */
  readonly schemas: readonly string[] | undefined;
  /** Whether the schema will be that of a subgraph, which needs more names; off by default. */
  readonly federation?: boolean;
}

/** Builds the model of a catalog. Never throws: what cannot be exposed becomes a problem, and everything else stays. */
export function buildModel(catalog: CatalogDefinition, options: ModelOptions): Model {
  const { schemas } = options;
  const problems: Problem[] = missingSchemas(catalog, schemas);
  const exposed = catalog.schemas.filter(({ name }) => !schemas || schemas.includes(name));
  const settings = new Map(exposed.map((schema) => [schema.name, readSchemaSettings(schema, problems)]));
  const settingsOf = (schema: string) => settings.get(schema) ?? defaultSchemaSettings;
  const enumNames = nameEnums(catalog, (schema) => settingsOf(schema).inflectNames, problems);

  const drafts: TableDraft[] = [];
  for (const table of catalog.tables) {
    if (!settings.has(table.schema)) continue;
    const dialect = options.dialectOf(table.server);
    if (!dialect.ok) {
      problems.push({ object: `${table.schema}.${table.name}`, ...dialect.error });
      continue;
    }
    const draft = buildTable(
      table,
      {
        dialect: dialect.value,
        settings: settingsOf(table.schema),
        enumTypeName: (type) => enumNames.get(enumKey(type)),
      },
      problems,
    );
    if (draft) drafts.push(draft);
  }
  const tables = relate(
    withoutCollisions(
      drafts,
      new Set(enumNames.values()),
      { federation: options.federation ?? false },
      problems,
    ),
    (schema) => settingsOf(schema).inflectNames,
    problems,
  );
  const introspection = [...settings.values()].map((schema) => schema.introspection);
  return Object.freeze({
    tables: Object.freeze(tables.map((table) => Object.freeze(table))),
    problems: Object.freeze(problems),
    // One schema that forbids it is enough: its names would be seen otherwise.
    introspection: introspection.includes(false) ? false : introspection.includes(true) ? true : undefined,
  });
}

function missingSchemas(catalog: CatalogDefinition, schemas: readonly string[] | undefined): Problem[] {
  if (catalog.tables.length === 0) {
    return [
      {
        object: 'catalog',
        reason: 'the database has no foreign tables',
        hint: 'create one as the quick start shows, or connect to the database that has them',
      },
    ];
  }
  return (schemas ?? [])
    .filter((name) => !catalog.schemas.some((schema) => schema.name === name))
    .map((name) => ({
      object: `schema ${name}`,
      reason: 'it is asked for, but holds no foreign tables',
      hint: `name schemas that do: ${catalog.schemas.map((schema) => schema.name).join(', ')}`,
    }));
}

/** The GraphQL names of the enums that columns have, by `enumKey`. An enum that cannot have one is a problem. */
function nameEnums(
  catalog: CatalogDefinition,
  inflects: (schema: string) => boolean,
  problems: Problem[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  for (const { type } of catalog.tables.flatMap((table) => table.columns)) {
    if (!type.enumLabels || seen.has(enumKey(type))) continue;
    seen.add(enumKey(type));
    const name = toTypeName(type.name, inflects(type.schema));
    const taken = [...names.values()].includes(name);
    if (!taken && isGraphQLName(name) && type.enumLabels.every(isEnumValueName))
      names.set(enumKey(type), name);
    else {
      problems.push({
        object: `${type.schema}.${type.name}`,
        reason: taken
          ? `the GraphQL name ${name} is already taken`
          : 'its name or a label is none that GraphQL allows',
        hint: 'columns of this enum are exposed as Opaque; declare them as text to filter and order them',
      });
    }
  }
  return names;
}

function isEnumValueName(label: string): boolean {
  return isGraphQLName(label) && !['true', 'false', 'null'].includes(label);
}

function enumKey(type: TypeDefinition): string {
  return JSON.stringify([type.schema, type.name]);
}
