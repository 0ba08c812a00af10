import { buildModel, type ModelOptions } from '../../src/model/build.ts';
import type {
  CatalogDefinition,
  ColumnDefinition,
  EnumDefinition,
  ForeignTableDefinition,
  TypeDefinition,
  ViewDefinition,
} from '../../src/model/definition.ts';
import type { Model } from '../../src/model/model.ts';
import { failure, success } from '../../src/model/result.ts';
import { cognitoDialect } from '../../src/source/cognito/dialect.ts';

/** A type of Postgres' own. */
export const builtIn = (name: string, array = false): TypeDefinition => ({
  name,
  schema: 'pg_catalog',
  array,
  enum: undefined,
});

/** An enum type of the schema `public`. */
export const enumType = (
  name: string,
  labels: readonly string[],
  settings: Partial<EnumDefinition> & { readonly array?: boolean; readonly schema?: string } = {},
): TypeDefinition => ({
  name,
  schema: settings.schema ?? 'public',
  array: settings.array ?? false,
  enum: { labels, comment: settings.comment },
});

export const column = (name: string, settings: Partial<ColumnDefinition> = {}): ColumnDefinition => ({
  name,
  type: builtIn('text'),
  notNull: false,
  options: new Map(),
  comment: undefined,
  ...settings,
});

/** A column of any name, which is a custom attribute. */
export const attribute = (name: string, settings: Partial<ColumnDefinition> = {}): ColumnDefinition =>
  column(name, { options: new Map([['attribute', 'custom:x']]), ...settings });

export const foreignTable = (settings: Partial<ForeignTableDefinition> = {}): ForeignTableDefinition => ({
  schema: 'cognito',
  name: 'users',
  server: 'cognito_server',
  options: new Map([['object', 'users']]),
  comment: undefined,
  columns: [column('username'), column('email')],
  ...settings,
});

/** The dialect of the Cognito tables' server. */
export const dialectOf: ModelOptions['dialectOf'] = (server) =>
  server === 'cognito_server'
    ? success(cognitoDialect)
    : failure({ reason: 'there is no source for it', hint: 'use another' });

/** A catalog of some tables, in schemas with some comments. */
export function catalogOf(
  tables: readonly ForeignTableDefinition[],
  schemaComments: Readonly<Record<string, string>> = {},
  views: readonly ViewDefinition[] = [],
  roles: readonly string[] = [],
): CatalogDefinition {
  const names = [...new Set([...tables, ...views].map(({ schema }) => schema))].toSorted();
  return {
    loginRole: 'postgres',
    schemas: names.map((name) => ({ name, comment: schemaComments[name] })),
    servers: [],
    tables,
    views,
    roles: roles.map((role) => ({ role, readable: new Map() })),
  };
}

/** The model of some Cognito tables. */
export function build(
  tables: readonly ForeignTableDefinition[],
  schemaComments: Readonly<Record<string, string>> = {},
  options: Partial<Omit<ModelOptions, 'dialectOf'>> = {},
  views: readonly ViewDefinition[] = [],
  roles: readonly string[] = [],
): Model {
  return buildModel(catalogOf(tables, schemaComments, views, roles), {
    dialectOf,
    schemas: undefined,
    ...options,
  });
}

export const directive = (settings: object) => `@graphql(${JSON.stringify(settings)})`;

/** What is wrong with which object, without the hints. */
export const problemsOf = (model: Model) =>
  model.problems.map(({ object, reason }) => `${object}: ${reason}`);
