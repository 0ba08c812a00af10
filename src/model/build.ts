import { withoutCollisions } from './collision.ts';
import type { CatalogDefinition, ForeignTableDefinition, SchemaDefinition } from './definition.ts';
import type { Dialect } from './dialect.ts';
import { type Directive, readDirective, schemaKeys, serverKeys } from './directive.ts';
import { nameEnums } from './enum.ts';
import type { Model, Problem, Reason } from './model.ts';
import { relate } from './relation.ts';
import { all, type Built, built, existing, type Result } from './result.ts';
import { buildTable, type SchemaSettings, type TableDraft } from './table.ts';

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
  const { schemas: wanted, federation = false } = options;
  const exposed = catalog.schemas.filter(({ name }) => !wanted || wanted.includes(name));
  const directives = all(
    exposed.map((schema) => readDirective(`schema ${schema.name}`, schema.comment, schemaKeys)),
  );
  const settings = new Map(
    exposed.flatMap(({ name }, i) => {
      const directive = directives.value[i];
      return directive ? [[name, toSettings(directive)] as const] : [];
    }),
  );
  const inflects = (schema: string) => settings.get(schema)?.inflectNames ?? false;

  const drafts = existing(
    all(
      catalog.tables.flatMap((table) => {
        const schema = settings.get(table.schema);
        return schema && isExposed(catalog, table) ? [draftTable(table, schema, catalog, options)] : [];
      }),
    ),
  );
  const distinct = withoutCollisions(drafts.value, federation);
  const named = nameEnums(distinct.value, { tables: catalog.tables, inflects, federation });
  const related = relate(named.value, inflects);
  const introspection = [...settings.values()].map((schema) => schema.introspection);
  return Object.freeze({
    tables: Object.freeze(related.value.map((table) => Object.freeze(table))),
    problems: Object.freeze([
      ...unusableChoices(catalog, wanted),
      ...[directives, drafts, distinct, named, related].flatMap(({ problems }) => problems),
    ]),
    // One schema that forbids it is enough: its names would be seen otherwise.
    introspection: introspection.includes(false) ? false : introspection.includes(true) ? true : undefined,
  });
}

/** What the directive of a schema sets, for every table in it. */
function toSettings(directive: Directive): SchemaSettings & { readonly introspection: boolean | undefined } {
  return {
    inflectNames: directive.get(schemaKeys.inflectNames) ?? false,
    maxRows: directive.get(schemaKeys.maxRows),
    mayMeanPolicies: directive.mayMeanPolicies,
    introspection: directive.get(schemaKeys.introspection),
  };
}

/** Whether the directive of the table's server lets it be part of the API. */
function isExposed({ servers }: CatalogDefinition, table: ForeignTableDefinition): boolean {
  const server = servers.find(({ name }) => name === table.server);
  return (
    readDirective(`server ${table.server}`, server?.comment, serverKeys).value.get(serverKeys.expose) ?? true
  );
}

function draftTable(
  table: ForeignTableDefinition,
  settings: SchemaSettings,
  catalog: CatalogDefinition,
  { dialectOf }: ModelOptions,
): Built<TableDraft | undefined> {
  const dialect = dialectOf(table.server);
  return dialect.ok
    ? buildTable(table, dialect.value, settings, catalog)
    : built(undefined, { object: `${table.schema}.${table.name}`, ...dialect.error });
}

function unusableChoices(
  { schemas, tables }: CatalogDefinition,
  wanted: readonly string[] = [],
): readonly Problem[] {
  if (tables.length === 0) {
    return [
      {
        object: 'catalog',
        reason: 'the database has no foreign tables',
        hint: 'create one as the quick start shows, or connect to the database that has them',
      },
    ];
  }
  return wanted
    .filter((name) => !schemas.some((schema: SchemaDefinition) => schema.name === name))
    .map((name) => ({
      object: `schema ${name}`,
      reason: 'it has no foreign tables',
      hint: `name schemas that have some: ${schemas.map((schema) => schema.name).join(', ')}`,
    }));
}
