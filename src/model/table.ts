import { toColumnType } from './column-type.ts';
import type { ColumnDefinition, ForeignTableDefinition, TypeDefinition } from './definition.ts';
import type { Dialect } from './dialect.ts';
import { type ForeignKeySetting, parseComment, SettingsReader } from './directive.ts';
import type { Column, Problem, Table } from './model.ts';
import { isGraphQLName, toFieldName, toTypeName } from './name.ts';
import { directiveProblems, type SchemaSettings } from './schema-settings.ts';

/** Rows of a page where no directive says otherwise, as pg_graphql has it. */
const defaultMaxRows = 30;

/** A table that can be exposed, before its relations to other tables are known. */
export interface TableDraft {
  readonly table: Omit<Table, 'relations'>;
  readonly foreignKeys: readonly ForeignKeySetting[];
}

/** What one table is built from, beside its definition. */
export interface TableSurroundings {
  readonly dialect: Dialect;
  readonly settings: SchemaSettings;
  /** The GraphQL name of an enum; undefined where it cannot have one. */
  readonly enumTypeName: (type: TypeDefinition) => string | undefined;
}

/** Builds a table; undefined where it cannot be exposed. What could not be goes to `problems`. */
export function buildTable(
  definition: ForeignTableDefinition,
  { dialect, settings, enumTypeName }: TableSurroundings,
  problems: Problem[],
): TableDraft | undefined {
  const path = `${definition.schema}.${definition.name}`;
  const comment = parseComment(definition.comment);
  const reader = new SettingsReader(comment.settings);
  const typeName = reader.text('name') ?? toTypeName(definition.name, settings.inflectNames);
  const description = reader.text('description') ?? comment.prose;
  const totalCount = reader.enabled('totalCount') ?? true;
  const aggregate = reader.enabled('aggregate') ?? false;
  const maxRows = reader.count('max_rows') ?? settings.maxRows ?? defaultMaxRows;
  const keyNames = reader.names('primary_key_columns');
  const foreignKeys = reader.foreignKeys('foreign_keys');
  const policies = reader.policies('policies') ?? policiesOfMalformed(comment.malformed, definition.comment);
  problems.push(...directiveProblems(path, comment.malformed, reader));

  const object = dialect.objectOf(definition);
  if (!object.ok) {
    problems.push({ object: path, ...object.error });
    return undefined;
  }
  if (!isGraphQLName(typeName)) {
    problems.push({
      object: path,
      reason: `${JSON.stringify(typeName)} is not a name that GraphQL allows for a type`,
      hint: `name it with comment on foreign table … is '@graphql({"name": "…"})'`,
    });
    return undefined;
  }
  const columns = buildColumns(definition, { dialect, settings, enumTypeName }, problems);
  if (columns.length === 0) {
    problems.push({
      object: path,
      reason: 'none of its columns can be exposed',
      hint: 'correct at least one column, as their own problems say',
    });
    return undefined;
  }
  const key = chooseKey(path, columns, keyNames, dialect, problems);
  const table = {
    schema: definition.schema,
    name: definition.name,
    typeName,
    description,
    server: definition.server,
    object: object.value,
    columns: columns.map((column) => key.find((part) => part.name === column.name) ?? column),
    key,
    totalCount,
    aggregate,
    maxRows,
    policies,
  };
  return { table, foreignKeys };
}

/** A directive that cannot be read may have held policies; then nobody sees rows until it is corrected. */
function policiesOfMalformed(malformed: string | undefined, comment: string | undefined): Table['policies'] {
  return malformed && comment?.includes('"policies"') ? new Map() : undefined;
}

function buildColumns(
  definition: ForeignTableDefinition,
  surroundings: TableSurroundings,
  problems: Problem[],
): readonly Column[] {
  const columns: Column[] = [];
  for (const column of definition.columns) {
    const path = `${definition.schema}.${definition.name}.${column.name}`;
    const built = buildColumn(path, column, surroundings, problems);
    if (!built) continue;
    const rival = columns.find((other) => other.fieldName === built.fieldName);
    if (rival || built.fieldName === 'nodeId') {
      problems.push({
        object: path,
        reason: `its field ${built.fieldName} is already taken${rival ? ` by the column ${rival.name}` : ''}`,
        hint: `name it with comment on column … is '@graphql({"name": "…"})'`,
      });
    } else columns.push(built);
  }
  return columns;
}

function buildColumn(
  path: string,
  column: ColumnDefinition,
  { dialect, settings, enumTypeName }: TableSurroundings,
  problems: Problem[],
): Column | undefined {
  const comment = parseComment(column.comment);
  const reader = new SettingsReader(comment.settings);
  const fieldName = reader.text('name') ?? toFieldName(column.name, settings.inflectNames);
  const description = reader.text('description') ?? comment.prose;
  problems.push(...directiveProblems(path, comment.malformed, reader));

  const origin = dialect.originOf(column);
  if (!origin.ok) {
    problems.push({ object: path, ...origin.error });
    return undefined;
  }
  if (!isGraphQLName(fieldName)) {
    problems.push({
      object: path,
      reason: `${JSON.stringify(fieldName)} is not a name that GraphQL allows for a field`,
      hint: `name it with comment on column … is '@graphql({"name": "…"})'`,
    });
    return undefined;
  }
  const type = toColumnType(column.type, enumTypeName(column.type));
  if (origin.value.kind === 'attributes' && type.kind !== 'jsonb' && type.kind !== 'json') {
    problems.push({
      object: path,
      reason: `all attributes together are JSON, but its type is ${column.type.name}`,
      hint: 'declare it as jsonb',
    });
    return undefined;
  }
  return { name: column.name, fieldName, description, type, notNull: column.notNull, origin: origin.value };
}

/** The key's columns: those of the directive, else the first of the dialect's own that the table has. */
function chooseKey(
  path: string,
  columns: readonly Column[],
  named: readonly string[] | undefined,
  dialect: Dialect,
  problems: Problem[],
): readonly Column[] {
  const fromDirective = named ? keyFromDirective(path, columns, named, problems) : undefined;
  const key = fromDirective ?? columns.filter((column) => column.name === defaultKeyName(columns, dialect));
  return key.map((column) => ({
    ...column,
    notNull: column.notNull || dialect.isAlwaysPresent(column.origin),
  }));
}

function keyFromDirective(
  path: string,
  columns: readonly Column[],
  names: readonly string[],
  problems: Problem[],
): readonly Column[] | undefined {
  const key = names.map((name) => columns.find((column) => column.name === name));
  const missing = names.filter((_, i) => !key[i]);
  if (missing.length === 0 && new Set(names).size === names.length)
    return key.filter((column) => column !== undefined);
  problems.push({
    object: path,
    reason: `primary_key_columns must name distinct exposed columns, but got ${JSON.stringify(names)}`,
    hint: missing.length ? `the table exposes no ${missing.join(', ')}` : 'name each column once',
  });
  return undefined;
}

function defaultKeyName(columns: readonly Column[], dialect: Dialect): string | undefined {
  return dialect.defaultKeys.find((name) =>
    columns.some((column) => column.name === name && column.type.kind !== 'array'),
  );
}
