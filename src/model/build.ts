import { withoutCollisions } from './collision.ts';
import type {
  CatalogDefinition,
  ForeignTableDefinition,
  SchemaDefinition,
  ServerDefinition,
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
      return directive ? [[name, toSettings(name, directive)] as const] : [];
    }),
  );
  const inflects = (schema: string) => settings.get(schema)?.inflectNames ?? false;

  const used = new Set(
    catalog.tables.filter(({ schema }) => settings.has(schema)).map(({ server }) => server),
  );
  const servers = readServers(catalog.servers.filter(({ name }) => used.has(name)));
  const drafts = existing(
    all(
      catalog.tables.flatMap((table) => {
        const schema = settings.get(table.schema);
        const { expose = true, unclear = [] } = servers.value.get(table.server) ?? {};
        if (!schema || !expose) return [];
        const both = { ...schema, unclear: [...schema.unclear, ...unclear] };
        return [draftTable(table, both, catalog, options)];
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
      ...[directives, servers, drafts, tables, views, distinct, named, related].flatMap(
        ({ problems }) => problems,
      ),
    ]),
    // One schema that forbids introspection is enough, because its names would be visible otherwise.
    introspection: introspection.includes(false) ? false : introspection.includes(true) ? true : undefined,
  });
}

/** The settings of a schema's directive, which apply to every table in it. */
function toSettings(
  name: string,
  directive: Directive,
): SchemaSettings & { readonly introspection: boolean | undefined } {
  return {
    inflectNames: directive.get(schemaKeys.inflectNames) ?? false,
    maxRows: directive.get(schemaKeys.maxRows),
    unclear: directive.mayMeanPolicies ? [`schema ${name}`] : [],
    introspection: directive.get(schemaKeys.introspection),
  };
}

/** What the directives of a server and its wrapper say about its tables. */
interface ServerSettings extends Pick<SchemaSettings, 'unclear'> {
  readonly expose: boolean;
}

/** Reads the comments of some servers and of their wrappers, each once. */
function readServers(servers: readonly ServerDefinition[]): Built<ReadonlyMap<string, ServerSettings>> {
  const settings = new Map<string, ServerSettings>();
  const unclearWrappers = new Map<string, readonly string[]>();
  const problems: Problem[] = [];
  const read = (object: string, comment: string | undefined, keys: Parameters<typeof readDirective>[2]) => {
    const directive = readDirective(object, comment, keys);
    problems.push(...directive.problems);
    return { ...directive.value, unclear: directive.value.mayMeanPolicies ? [object] : [] };
  };
  for (const { name, comment, wrapper } of servers) {
    const ofWrapper =
      unclearWrappers.get(wrapper.name) ??
      read(`foreign-data wrapper ${wrapper.name}`, wrapper.comment, {}).unclear;
    unclearWrappers.set(wrapper.name, ofWrapper);
    const { get, unclear } = read(`server ${name}`, comment, serverKeys);
    settings.set(name, { expose: get(serverKeys.expose) ?? true, unclear: [...unclear, ...ofWrapper] });
  }
  return built(settings, ...problems);
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
