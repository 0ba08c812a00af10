import { withoutCollisions } from './collision.ts';
import type {
  CatalogDefinition,
  ForeignTableDefinition,
  SchemaDefinition,
  ViewDefinition,
} from './definition.ts';
import type { Dialect } from './dialect.ts';
import { type Directive, readDirective, schemaKeys, serverKeys } from './directive.ts';
import { nameEnums } from './enum.ts';
import { findTable, type Model, type Problem, type Reason } from './model.ts';
import { relate } from './relation.ts';
import { all, type Built, built, existing, type Result } from './result.ts';
import { buildTable, type SchemaSettings, type TableDraft } from './table.ts';
import { buildView } from './view.ts';

/** Which part of a catalog to expose, and how to interpret it. */
export interface ModelOptions {
  /** The dialect of a server's definitions, or why none of its tables can be exposed. */
  readonly dialectOf: (server: string) => Result<Dialect, Reason>;
  /** The schemas to expose; if undefined, all that contain foreign tables. */
  readonly schemas: readonly string[] | undefined;
  /** Whether the schema is for a federated subgraph, which needs more names; false by default. */
  readonly federation?: boolean;
}

/** Builds the model of a catalog. It never throws: what cannot be exposed becomes a problem, and the rest is unaffected. */
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
  const tables = withoutCollisions(drafts.value, federation);
  const views = existing(
    all(
      catalog.views.flatMap((view) => {
        const schema = settings.get(view.schema);
        return schema ? [draftView(view, schema, tables.value, catalog, options)] : [];
      }),
    ),
  );
  // The tables have their names already, so that a collision is a problem of the view.
  const distinct = withoutCollisions([...tables.value, ...views.value], federation);
  const named = nameEnums(distinct.value, { tables: catalog.tables, inflects, federation });
  const related = relate(named.value, inflects);
  const introspection = [...settings.values()].map((schema) => schema.introspection);
  return Object.freeze({
    tables: Object.freeze(related.value.map((table) => Object.freeze(table))),
    problems: Object.freeze([
      ...unusableChoices(catalog, wanted),
      ...[directives, drafts, tables, views, distinct, named, related].flatMap(({ problems }) => problems),
    ]),
    // One schema that forbids introspection is enough, because its names would be visible otherwise.
    introspection: introspection.includes(false) ? false : introspection.includes(true) ? true : undefined,
  });
}

/** The settings of a schema's directive, which apply to every table in it. */
function toSettings(directive: Directive): SchemaSettings & { readonly introspection: boolean | undefined } {
  return {
    inflectNames: directive.get(schemaKeys.inflectNames) ?? false,
    maxRows: directive.get(schemaKeys.maxRows),
    mayMeanPolicies: directive.mayMeanPolicies,
    introspection: directive.get(schemaKeys.introspection),
  };
}

/** Whether the directive of the table's server allows it in the API. */
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

function draftView(
  view: ViewDefinition,
  settings: SchemaSettings,
  drafts: readonly TableDraft[],
  catalog: CatalogDefinition,
  { dialectOf }: ModelOptions,
): Built<TableDraft | undefined> {
  const { base } = view;
  const object = `${view.schema}.${view.name}`;
  if (!base.ok) return built(undefined, { object, ...base.error });
  const table = findTable(
    drafts.map((draft) => draft.table),
    base.value,
  );
  const definition = table && findTable(catalog.tables, table);
  const dialect = table && dialectOf(table.server);
  if (table && definition && dialect?.ok) {
    return buildView(view, base.value, { definition, table, dialect: dialect.value }, settings, catalog);
  }
  const path = `${base.value.schema}.${base.value.name}`;
  return built(undefined, {
    object,
    ...(findTable(catalog.views, base.value)
      ? { reason: `it shows the view ${path}`, hint: 'let it show the foreign table itself' }
      : {
          reason: `it shows ${path}, which is not exposed itself`,
          hint: 'expose that foreign table; roles without grants on it do not see it',
        }),
  });
}

function unusableChoices(
  { schemas, tables }: CatalogDefinition,
  wanted: readonly string[] = [],
): readonly Problem[] {
  if (tables.length === 0) {
    return [
      {
        object: 'catalog',
        reason: 'no foreign table was found',
        hint: 'create one as the quick start shows, connect to the database that has them, or choose others with --sources',
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
