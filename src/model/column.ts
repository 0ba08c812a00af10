import { valueType } from '../values/type/registry.ts';
import type { ScalarKind } from '../values/type/sql-type.ts';
import { type ColumnType, type ElementType, nameOfType } from './column-type.ts';
import type { ColumnDefinition, ForeignTableDefinition, TypeDefinition } from './definition.ts';
import { type Dialect, misspeltOptions } from './dialect.ts';
import { columnKeys, enumKeys, readDirective } from './directive.ts';
import type { Column, Problem, Reason } from './model.ts';
import { isGraphQLName, toFieldName } from './name.ts';
import { all, type Built, built, failure, type Result, success } from './result.ts';
import { commentOn } from './statement.ts';

/** The columns and types, such as `column x`, whose comments may have been meant as policies, which have no effect there. */
export function unclearColumns(columns: readonly ColumnDefinition[]): readonly string[] {
  return columns.flatMap(({ name, comment, type }) => [
    ...(readDirective(name, comment, columnKeys).value.mayMeanPolicies ? [`column ${name}`] : []),
    ...(readDirective(name, type.enum?.comment, enumKeys).value.mayMeanPolicies
      ? [`type ${type.schema}.${type.name}`]
      : []),
  ]);
}

/** Builds the columns of a table in declaration order. Of two with the same field name, the first one gets it. */
export function buildColumns(
  table: ForeignTableDefinition,
  dialect: Dialect,
  inflect: boolean,
): Built<readonly Column[]> {
  const parts = all(table.columns.map((column) => buildColumn(table, column, dialect, inflect)));
  const columns: Column[] = [];
  const collisions: Problem[] = [];
  for (const column of parts.value) {
    if (!column) continue;
    const rival = columns.find((other) => other.fieldName === column.fieldName);
    if (!rival && column.fieldName !== 'nodeId') columns.push(column);
    else {
      collisions.push({
        object: pathOf(table, column),
        reason: `its field ${column.fieldName} is already taken by ${rival ? `the column ${rival.name}` : 'the gateway itself'}`,
        hint: naming(table, column),
      });
    }
  }
  return built(columns, ...parts.problems, ...collisions);
}

function buildColumn(
  table: ForeignTableDefinition,
  definition: ColumnDefinition,
  dialect: Dialect,
  inflect: boolean,
): Built<Column | undefined> {
  const path = pathOf(table, definition);
  const directive = readDirective(path, definition.comment, columnKeys);
  const { get, prose } = directive.value;
  const fieldName = get(columnKeys.name) ?? toFieldName(definition.name, inflect);
  const source = sourceOf(table, definition, dialect);
  const fault: Reason | undefined = !source.ok
    ? source.error
    : isGraphQLName(fieldName)
      ? undefined
      : {
          reason: `${JSON.stringify(fieldName)} is not a name that GraphQL allows for a field`,
          hint: naming(table, definition),
        };
  const misspelt = misspeltOptions(path, definition.options, dialect.columnOptions);
  const problems = [...directive.problems, ...misspelt, ...(fault ? [{ object: path, ...fault }] : [])];
  if (!source.ok || fault) return built(undefined, ...problems);
  const column = {
    name: definition.name,
    fieldName,
    description: get(columnKeys.description) ?? prose,
    notNull: definition.notNull || get(columnKeys.notNull) === true,
    ...source.value,
  };
  return built(column, ...problems);
}

/** The origin of the column's values, and its type, which must suit them. */
function sourceOf(
  table: ForeignTableDefinition,
  definition: ColumnDefinition,
  dialect: Dialect,
): Result<Pick<Column, 'origin' | 'type'>, Reason> {
  const origin = dialect.originOf(definition, table);
  if (!origin.ok) return origin;
  const type = toColumnType(definition.type);
  const form = dialect.formOf(origin.value);
  const values = valueType(type);
  if (!form || form.samples.some((sample) => values.parse(sample) !== undefined)) {
    return success({ origin: origin.value, type });
  }
  return failure({
    reason: `it is declared as ${nameOfType(type)}, which none of its values can be: they look like ${form.samples[0]}`,
    hint: `declare it as ${form.type}`,
  });
}

function pathOf({ schema, name }: ForeignTableDefinition, column: Pick<Column, 'name'>): string {
  return `${schema}.${name}.${column.name}`;
}

function naming({ schema, name }: ForeignTableDefinition, column: Pick<Column, 'name'>): string {
  return `name it with: ${commentOn('column', [schema, name, column.name], { name: '…' })}`;
}

/** The type of a column. An enum keeps its Postgres names until `nameEnums` has named it. */
function toColumnType(type: TypeDefinition): ColumnType {
  const element = toElementType(type);
  return type.array ? { kind: 'array', element } : element;
}

function toElementType(type: TypeDefinition): ElementType {
  if (!type.enum) {
    const kind = kindOf(type);
    return type.modifier === undefined ? { kind } : { kind, modifier: type.modifier };
  }
  const { schema, name } = type;
  const { labels } = type.enum;
  return { kind: 'enum', schema, name, labels, typeName: name, valueNames: labels, description: undefined };
}

function kindOf(type: TypeDefinition): ScalarKind {
  // An extension's type may be in any schema.
  if (type.name === 'citext') return 'citext';
  return (type.schema === 'pg_catalog' && kindsByName.get(type.name)) || 'opaque';
}

/** The kinds by type name, for types in the schema `pg_catalog` or, for `citext`, in any schema. */
const kindsByName: ReadonlyMap<string, ScalarKind> = new Map<string, ScalarKind>([
  ['text', 'text'],
  ['varchar', 'text'],
  ['bpchar', 'bpchar'],
  ['bool', 'bool'],
  ['int2', 'int2'],
  ['int4', 'int4'],
  ['int8', 'int8'],
  ['float4', 'float4'],
  ['float8', 'float8'],
  ['numeric', 'numeric'],
  ['uuid', 'uuid'],
  ['date', 'date'],
  ['time', 'time'],
  ['timestamp', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['json', 'json'],
  ['jsonb', 'jsonb'],
]);
