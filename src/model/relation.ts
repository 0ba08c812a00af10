import { listed, shown } from '../wording.ts';
import { type Column, findTable, type Problem, type Relation, type Table } from './model.ts';
import { isGraphQLName, lowerFirst, toFieldName } from './name.ts';
import { type Built, built, firstOf } from './result.ts';
import type { ForeignKeySetting } from './shape.ts';
import type { TableDraft } from './table.ts';

/**
 * Gives each table its relations, in both directions of every foreign key that the directives declare.
 *
 * @param inflects whether the names of a schema are inflected
 */
export function relate(
  drafts: readonly TableDraft[],
  inflects: (schema: string) => boolean,
): Built<readonly Table[]> {
  const problems: Problem[] = [];
  const tables = drafts.map(({ table }) => table);
  const relations = new Map<Unrelated, Relation[]>(tables.map((table) => [table, []]));
  const add = (
    own: Problem[],
    declaredBy: Unrelated,
    table: Unrelated,
    relation: Relation,
    setting: string,
  ) => {
    const siblings = relations.get(table) ?? [];
    const fault = faultOfName(relation.fieldName, table, siblings);
    if (fault === undefined) siblings.push(relation);
    else {
      own.push({
        object: `${declaredBy.schema}.${declaredBy.name}`,
        reason: `its foreign key cannot be the field ${shown(relation.fieldName)} of ${table.typeName}: ${fault}`,
        hint: `give it another "${setting}" in its directive`,
      });
    }
  };
  for (const { table: local, foreignKeys } of drafts) {
    const own: Problem[] = [];
    for (const key of foreignKeys) {
      const foreign = findTable(tables, { schema: key.foreignSchema, name: key.foreignTable });
      const fault = foreign ? faultOf(key, local, foreign) : 'refers to a table that is not exposed';
      if (!foreign || fault) {
        own.push({
          object: `${local.schema}.${local.name}`,
          reason: `its foreign key to ${listed([`${key.foreignSchema}.${key.foreignTable}`])} ${fault}`,
          hint: 'correct "foreign_keys" in its directive',
        });
        continue;
      }
      const toForeign: Relation = {
        fieldName: key.foreignName ?? singularName(foreign, key.localColumns, inflects(foreign.schema)),
        table: { schema: foreign.schema, name: foreign.name },
        columns: key.localColumns,
        otherColumns: key.foreignColumns,
        cardinality: 'one',
      };
      const unique = isKey(local, key.localColumns);
      const toLocal: Relation = {
        fieldName: key.localName ?? reverseName(local, key.foreignColumns, unique, inflects(local.schema)),
        table: { schema: local.schema, name: local.name },
        columns: key.foreignColumns,
        otherColumns: key.localColumns,
        cardinality: unique ? 'one' : 'many',
      };
      add(own, local, local, toForeign, 'foreign_name');
      add(own, local, foreign, toLocal, 'local_name');
    }
    problems.push(...firstOf(`${local.schema}.${local.name}`, own));
  }
  return built(
    tables.map((table) => ({ ...table, relations: relations.get(table) ?? [] })),
    ...problems,
  );
}

type Unrelated = Omit<Table, 'relations'>;

/** Why a relation of the table cannot have a field with this name; undefined if it can. */
function faultOfName(
  fieldName: string,
  { columns }: Unrelated,
  siblings: readonly Relation[],
): string | undefined {
  if (!isGraphQLName(fieldName)) return 'GraphQL does not allow this name';
  if (fieldName === 'nodeId') return 'it is the ID of the row';
  const column = columns.find((candidate) => candidate.fieldName === fieldName);
  if (column) return `that is the column ${column.name}`;
  // Any role that may read all attributes has this field, whatever other columns it sees.
  if (fieldName === 'attribute' && columns.some(({ origin }) => origin.kind === 'attributes')) {
    return 'that is the field for single attributes';
  }
  return siblings.some((sibling) => sibling.fieldName === fieldName)
    ? 'that is the field of another foreign key'
    : undefined;
}

function faultOf(key: ForeignKeySetting, local: Unrelated, foreign: Unrelated): string | undefined {
  for (const [i, name] of key.localColumns.entries()) {
    const column = local.columns.find((candidate) => candidate.name === name);
    const otherName = key.foreignColumns[i];
    const other = foreign.columns.find((candidate) => candidate.name === otherName);
    if (!column) return `names the column ${listed([name])}, which ${local.name} does not expose`;
    if (!other)
      return `names the column ${listed(otherName === undefined ? [] : [otherName])}, which ${foreign.name} does not expose`;
    if (!areComparable(column, other)) return `compares ${name} with ${otherName}, whose types differ`;
  }
  return undefined;
}

/** Whether SQL's equality of the two columns is the equality of their values. */
function areComparable(a: Column, b: Column): boolean {
  if (a.type.kind === 'array' || b.type.kind === 'array') return false;
  if (a.type.kind === 'enum' && b.type.kind === 'enum') return a.type.typeName === b.type.typeName;
  return a.type.kind === b.type.kind;
}

function isKey(table: Unrelated, columns: readonly string[]): boolean {
  return table.key.length === columns.length && table.key.every((column) => columns.includes(column.name));
}

/**
 * The name of a field to a single row: that of the referring column without `_id` (`Id` if names are verbatim), or else
 * that of the table.
 */
function singularName(table: Unrelated, columns: readonly string[], inflect: boolean): string {
  const [column] = columns;
  const suffix = inflect ? '_id' : 'Id';
  if (columns.length === 1 && column?.endsWith(suffix) && column.length > suffix.length) {
    return lowerFirst(toFieldName(column.slice(0, -suffix.length), inflect));
  }
  return lowerFirst(table.typeName);
}

function reverseName(
  table: Unrelated,
  columns: readonly string[],
  unique: boolean,
  inflect: boolean,
): string {
  return unique ? singularName(table, columns, inflect) : `${lowerFirst(table.typeName)}Collection`;
}
