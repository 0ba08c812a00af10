import type { Problem } from './model.ts';
import { lowerFirst } from './name.ts';
import type { TableDraft } from './table.ts';

/** The names that every schema of the gateway has, whatever its tables. */
const reserved: readonly string[] = [
  ...['Query', 'Mutation', 'Subscription', 'Node', 'PageInfo', 'FilterIs', 'OrderByDirection'],
  ...['Int', 'Float', 'String', 'Boolean', 'ID', 'Cursor', 'BigInt', 'BigFloat', 'UUID', 'Date', 'Time'],
  ...['Datetime', 'JSON', 'Opaque', 'IntFilter', 'FloatFilter', 'StringFilter', 'BooleanFilter', 'IDFilter'],
  ...['BigIntFilter', 'BigFloatFilter', 'UUIDFilter', 'DateFilter', 'TimeFilter', 'DatetimeFilter'],
  ...['OpaqueFilter', 'IntListFilter', 'FloatListFilter', 'StringListFilter', 'BooleanListFilter'],
  ...['BigIntListFilter', 'BigFloatListFilter', 'UUIDListFilter', 'DateListFilter', 'TimeListFilter'],
  ...['DatetimeListFilter', 'OpaqueListFilter', '_Entity', '_Service', '_Any', 'FieldSet'],
];

/**
 * The tables whose types and root fields take no name that is taken already; of two rivals the earlier one wins.
 * The others become problems.
 */
export function withoutCollisions(
  drafts: readonly TableDraft[],
  enumTypeNames: ReadonlySet<string>,
  { federation }: { readonly federation: boolean },
  problems: Problem[],
): readonly TableDraft[] {
  const owners = new Map<string, string>(reserved.map((name) => [name, 'the gateway itself']));
  for (const name of enumTypeNames) {
    owners.set(name, 'an enum');
    owners.set(`${name}Filter`, 'an enum');
  }
  return drafts.filter(({ table }) => {
    const path = `${table.schema}.${table.name}`;
    const { typeName } = table;
    const names = [...claimedNames(typeName), ...(federation ? prefixedNames(typeName, enumTypeNames) : [])];
    const taken = names.find((name) => owners.has(name));
    if (taken === undefined) {
      for (const name of names) owners.set(name, path);
      return true;
    }
    problems.push({
      object: path,
      reason: `its GraphQL name ${taken.replace('.', '')} is already taken by ${owners.get(taken)}`,
      hint: `name it with comment on foreign table ${path} is '@graphql({"name": "…"})'`,
    });
    return false;
  });
}

/**
 * The types that the tables of a subgraph do not share, but each has under its own name, so that they are not those
 * of another subgraph.
 */
function prefixedNames(typeName: string, enumTypeNames: ReadonlySet<string>): readonly string[] {
  const shared = reserved.filter((name) => /Filter(Is)?$|^OrderByDirection$/.test(name));
  const enums = [...enumTypeNames].flatMap((name) => [name, `${name}Filter`, `${name}ListFilter`]);
  return [...shared, ...enums].map((name) => typeName + name);
}

/** Every type, and every root field with a dot before it, that a table of this type name brings. */
function claimedNames(typeName: string): readonly string[] {
  const suffixes = ['', 'Connection', 'Edge', 'Filter', 'OrderBy', 'Aggregate'];
  const results = ['Sum', 'Avg', 'Min', 'Max'].map((operation) => `${operation}AggregateResult`);
  const rootFields = [`.${lowerFirst(typeName)}Collection`, `.${lowerFirst(typeName)}ByPk`];
  return [...[...suffixes, ...results].map((suffix) => `${typeName}${suffix}`), ...rootFields];
}
