import { shown } from '../wording.ts';
import { ClaimedNames, claimNames } from './collision.ts';
import { type ColumnType, type ElementType, type EnumType, elementTypeOf } from './column-type.ts';
import type { EnumDefinition, ForeignTableDefinition } from './definition.ts';
import { enumKeys, readDirective } from './directive.ts';
import { namesOfEnum } from './generated-names.ts';
import type { Column, Problem, Table } from './model.ts';
import { isGraphQLName, toTypeName } from './name.ts';
import { type Built, built, firstOf } from './result.ts';
import { nearestSpelling } from './spelling.ts';
import { commentOn } from './statement.ts';
import type { TableDraft } from './table.ts';

/** The context in which enums are named. */
export interface EnumOptions {
  /** The tables of the catalog, whose columns define the enums. */
  readonly tables: readonly ForeignTableDefinition[];
  /** Whether the names of a schema are inflected. */
  readonly inflects: (schema: string) => boolean;
  readonly federation: boolean;
}

/**
 * Gives the enums of the tables' columns their GraphQL names. Columns of an enum that cannot be named become opaque.
 *
 * @param drafts tables whose names do not collide
 */
export function nameEnums(drafts: readonly TableDraft[], options: EnumOptions): Built<readonly TableDraft[]> {
  const names = new ClaimedNames();
  for (const { table } of drafts) claimNames(names, table, options.federation);
  const definitions = enumDefinitions(options.tables);
  const problems: Problem[] = [];
  const types = new Map<string, ElementType>();
  for (const use of enumUses(drafts)) {
    const named = nameEnum(
      use.type,
      definitions.get(keyOf(use.type))?.comment,
      options.inflects(use.type.schema),
    );
    problems.push(...named.problems);
    const taken =
      named.value && names.claim(namesOfUse(use, named.value, options), `the enum ${pathOf(use.type)}`);
    if (taken) {
      problems.push({
        object: pathOf(use.type),
        reason: `its GraphQL name ${taken.name} is already taken by ${taken.owner}`,
        hint: `${opaqueMeanwhile}; name it with: ${commentOn('type', [use.type.schema, use.type.name], { name: '…' })}`,
      });
    }
    types.set(keyOf(use.type), named.value && !taken ? named.value : { kind: 'opaque' });
  }
  const retype = (column: Column): Column => ({ ...column, type: retyped(column.type, types) });
  return built(
    drafts.map(({ table, foreignKeys }) => {
      const columns = table.columns.map(retype);
      const key = table.key.map((part) => columns.find(({ name }) => name === part.name) ?? part);
      return { table: { ...table, columns, key }, foreignKeys };
    }),
    ...problems,
  );
}

const opaqueMeanwhile = 'its columns are exposed as Opaque';

function enumDefinitions(tables: readonly ForeignTableDefinition[]): ReadonlyMap<string, EnumDefinition> {
  return new Map(
    tables.flatMap(({ columns }) =>
      columns.flatMap(({ type }) => (type.enum ? [[keyOf(type), type.enum] as const] : [])),
    ),
  );
}

/** An enum and where it is used. */
interface EnumUse {
  readonly type: EnumType;
  readonly columns: readonly { readonly table: Pick<Table, 'typeName'>; readonly array: boolean }[];
}

function enumUses(drafts: readonly TableDraft[]): Iterable<EnumUse> {
  const uses = new Map<string, EnumUse>();
  for (const { table } of drafts) {
    for (const { type } of table.columns) {
      const element = elementTypeOf(type);
      if (element.kind !== 'enum') continue;
      const known = uses.get(keyOf(element));
      const column = { table, array: type.kind === 'array' };
      uses.set(keyOf(element), { type: element, columns: [...(known?.columns ?? []), column] });
    }
  }
  return uses.values();
}

/** The names that an enum adds to a schema, depending on where it is used. In a subgraph each table has its own. */
function namesOfUse({ columns }: EnumUse, type: EnumType, { federation }: EnumOptions): readonly string[] {
  const names = columns.flatMap(({ table, array }) => {
    const own = namesOfEnum(type, federation ? table.typeName : '');
    return [own.type, array ? own.listFilter : own.filter];
  });
  return [...new Set(names)];
}

/** The enum with its GraphQL names; undefined if it cannot be named. */
function nameEnum(
  type: EnumType,
  comment: string | undefined,
  inflect: boolean,
): Built<EnumType | undefined> {
  const object = pathOf(type);
  const directive = readDirective(object, comment, enumKeys);
  const typeName = directive.value.get(enumKeys.name) ?? toTypeName(type.name, inflect);
  const mappings = directive.value.get(enumKeys.mappings) ?? new Map<string, string>();
  const misnamed: Problem[] = [];
  for (const label of [...mappings.keys()].filter((candidate) => !type.labels.includes(candidate))) {
    const meant = nearestSpelling(label, type.labels);
    misnamed.push({
      object,
      reason: `its mappings name ${shown(label)}, which is not one of its labels`,
      hint: meant === undefined ? 'remove it from the mappings' : `did you mean "${meant}"?`,
    });
  }
  const problems = [...directive.problems, ...firstOf(object, misnamed)];
  const valueNames = type.labels.map((label) => mappings.get(label) ?? label);
  const unusable = (reason: string, settings: object) =>
    built(undefined, ...problems, {
      object,
      reason,
      hint: `${opaqueMeanwhile}; name it with: ${commentOn('type', [type.schema, type.name], settings)}`,
    });
  if (!isGraphQLName(typeName)) {
    return unusable(`GraphQL does not allow a type named ${JSON.stringify(typeName)}`, { name: '…' });
  }
  const wrong = type.labels.filter((_, i) => !isEnumValueName(valueNames[i] ?? ''));
  const [first] = wrong;
  if (first !== undefined) {
    const name = shown(mappings.get(first) ?? first);
    const remedy = { mappings: Object.fromEntries(wrong.map((label) => [label, '…'])) };
    return unusable(`GraphQL does not allow a value named ${name}`, remedy);
  }
  // A name that is also the label of another value would make texts ambiguous.
  const ambiguous = valueNames.find(
    (name, i) => valueNames.indexOf(name) < i || type.labels.some((label, j) => label === name && j !== i),
  );
  if (ambiguous !== undefined) {
    return unusable(`more than one of its labels would be named ${ambiguous}`, {
      mappings: { [ambiguous]: '…' },
    });
  }
  return built({ ...type, typeName, valueNames, description: directive.value.prose }, ...problems);
}

function isEnumValueName(name: string): boolean {
  return isGraphQLName(name) && !['true', 'false', 'null'].includes(name);
}

function retyped(type: ColumnType, types: ReadonlyMap<string, ElementType>): ColumnType {
  const element = elementTypeOf(type);
  if (element.kind !== 'enum') return type;
  const named = types.get(keyOf(element)) ?? element;
  return type.kind === 'array' ? { kind: 'array', element: named } : named;
}

/** Unlike its path, this is unambiguous: names may contain dots. */
function keyOf({ schema, name }: Pick<EnumType, 'schema' | 'name'>): string {
  return JSON.stringify([schema, name]);
}

function pathOf({ schema, name }: Pick<EnumType, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}
