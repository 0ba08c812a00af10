import { listed, shown } from '../wording.ts';
import { buildColumns, unclearColumns } from './column.ts';
import type { CatalogDefinition, ForeignTableDefinition } from './definition.ts';
import { type Dialect, misspeltOptions } from './dialect.ts';
import { type Directive, readDirective, tableKeys } from './directive.ts';
import { chooseKey } from './key.ts';
import type { Problem, Table, TableName } from './model.ts';
import { isGraphQLName, toTypeName } from './name.ts';
import { readableBy } from './reading-role.ts';
import { type Built, built, firstOf } from './result.ts';
import type { ForeignKeySetting } from './shape.ts';
import { nearestSpelling } from './spelling.ts';
import { commentOn } from './statement.ts';

/** The page size if no directive sets one, as in pg_graphql. */
const defaultMaxRows = 30;

/** A table that can be exposed, before its relations to other tables are known. */
export interface TableDraft {
  readonly table: Omit<Table, 'relations'>;
  readonly foreignKeys: readonly ForeignKeySetting[];
}

/** What a schema and a server say about their tables. */
export interface SchemaSettings {
  readonly inflectNames: boolean;
  readonly maxRows: number | undefined;
  /** What the table belongs to, such as `schema x`, if its comment may have been meant as policies. */
  readonly unclear: readonly string[];
}

/**
 * Builds a table; undefined if it cannot be exposed.
 *
 * @param base the foreign table, if the definition is a view of one
 */
export function buildTable(
  definition: ForeignTableDefinition,
  dialect: Dialect,
  settings: SchemaSettings,
  catalog: Pick<CatalogDefinition, 'loginRole' | 'roles'>,
  base?: TableName,
): Built<TableDraft | undefined> {
  const path = `${definition.schema}.${definition.name}`;
  const directive = readDirective(path, definition.comment, tableKeys);
  const { get } = directive.value;
  if (get(tableKeys.expose) === false) return built(undefined, ...directive.problems);
  const misspelt = misspeltOptions(path, definition.options, dialect.tableOptions);
  const scanAs = dialect.readBy === 'postgres' ? get(tableKeys.scanAs) : undefined;
  const reading =
    dialect.readBy === 'postgres'
      ? readableBy(definition, scanAs ?? catalog.loginRole, catalog)
      : built(definition);
  const problems = [...directive.problems, ...misspelt, ...reading.problems];
  const unusable = (reason: string, hint: string) =>
    built(undefined, ...problems, { object: path, reason, hint });

  const object = dialect.objectOf(definition);
  if (!object.ok) return unusable(object.error.reason, object.error.hint);
  const typeName = get(tableKeys.name) ?? toTypeName(definition.name, settings.inflectNames);
  if (!isGraphQLName(typeName)) {
    return unusable(
      `${shown(typeName)} is not a name that GraphQL allows for a type`,
      `name it with: ${commentOn(base ? 'view' : 'foreign table', [definition.schema, definition.name], { name: '…' })}`,
    );
  }
  const columns = buildColumns(reading.value, dialect, settings.inflectNames);
  if (reading.value.columns.length === 0) return built(undefined, ...problems);
  if (columns.value.length === 0) {
    return built(undefined, ...problems, ...columns.problems, {
      object: path,
      reason: 'none of its columns can be exposed',
      hint: 'correct at least one column as its own problem says',
    });
  }
  const key = chooseKey(path, columns.value, get(tableKeys.primaryKeyColumns), dialect);
  const unclear = new Set([
    ...(directive.value.mayMeanPolicies ? [`${base ? 'view' : 'foreign table'} itself`] : []),
    ...unclearColumns(definition.columns),
    ...settings.unclear,
  ]);
  const table = {
    schema: definition.schema,
    name: definition.name,
    typeName,
    description: get(tableKeys.description) ?? directive.value.prose,
    server: definition.server,
    base,
    object: object.value,
    columns: columns.value.map((column) => key.value.find((part) => part.name === column.name) ?? column),
    key: key.value,
    totalCount: get(tableKeys.totalCount) ?? true,
    aggregate: get(tableKeys.aggregate) ?? false,
    maxRows: get(tableKeys.maxRows) ?? settings.maxRows ?? defaultMaxRows,
    scanAs,
    countRows: get(tableKeys.countRows) ?? false,
    freshness: {
      maxAgeMs: get(tableKeys.maxAge),
      staleWhileRevalidateMs: get(tableKeys.staleWhileRevalidate),
      refreshMs: get(tableKeys.refresh),
    },
    policies: unclear.size > 0 ? new Map() : policiesOf(directive.value),
  };
  return built(
    { table, foreignKeys: get(tableKeys.foreignKeys) ?? [] },
    ...problems,
    ...columns.problems,
    ...key.problems,
    ...(unclear.size > 0 ? [hidden(path, unclear)] : []),
    ...firstOf(path, misspeltRoles(path, table.policies, catalog)),
  );
}

/** Invalid policies hide every row, like policies for no role. */
function policiesOf(directive: Directive): Table['policies'] {
  return directive.get(tableKeys.policies) ?? (directive.has(tableKeys.policies) ? new Map() : undefined);
}

/** The problems of policies for roles that do not exist, if a role with a similar name does. */
function misspeltRoles(
  path: string,
  policies: Table['policies'],
  { roles }: Pick<CatalogDefinition, 'roles'>,
): readonly Problem[] {
  const known = new Set(roles.map(({ role }) => role));
  return [...(policies?.keys() ?? [])].flatMap((role) => {
    const meant = known.has(role) ? undefined : nearestSpelling(role, known);
    if (meant === undefined) return [];
    return [
      {
        object: path,
        reason: `its policies are for the role ${role}, which the database does not have`,
        hint: `did you mean ${meant}? until then ${meant} sees no rows unless another policy is for it`,
      },
    ];
  });
}

function hidden(path: string, unclear: Iterable<string>): Problem {
  return {
    object: path,
    reason: `its rows are hidden from everyone, because what is wrong in the comment of the ${listed(unclear)} may have been meant as policies`,
    hint: 'correct that comment; policies belong in the comment of the table, as "policies" in its directive',
  };
}
