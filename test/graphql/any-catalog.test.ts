import fc from 'fast-check';
import { validateSchema } from 'graphql';
import { expect, test } from 'vitest';
import { RoleSchemas } from '../../src/graphql/role-schemas.ts';
import type { ForeignTableDefinition, ViewDefinition } from '../../src/model/definition.ts';
import { reservedTypeNames } from '../../src/model/generated-names.ts';
import { success } from '../../src/model/result.ts';
import {
  attribute,
  build,
  builtIn,
  column,
  directive,
  enumType,
  foreignTable,
} from '../model/definitions.ts';

/** Names that are likely to be taken, refused or close to another. */
const stem = fc.constantFrom(
  'mood',
  'users',
  'Users',
  'moodList',
  'a b',
  '',
  '__typename',
  'attribute',
  'node',
  'nodeId',
);
const suffix = fc.constantFrom(
  ...['', 'Connection', 'Edge', 'Filter', 'OrderBy', 'Aggregate', 'SumAggregateResult', 'MinAggregateResult'],
  ...['List', 'ListFilter', 'String', 'StringFilter', 'FilterIs', 'Collection', 'ByPk', '_id', 'Id'],
);
const name = fc.oneof(
  { arbitrary: fc.tuple(stem, suffix).map((parts) => parts.join('')), weight: 6 },
  {
    arbitrary: fc.constantFrom(...reservedTypeNames, '__Type', '__Schema', '_service', '_entities'),
    weight: 2,
  },
  { arbitrary: fc.string({ maxLength: 6, unit: 'grapheme' }), weight: 1 },
);

const label = fc.oneof(fc.constantFrom('sad', 'ok', 'true', 'very sad', '', '__x', 'null'), name);
const type = fc.oneof(
  fc
    .constantFrom('text', 'int4', 'int8', 'bool', 'uuid', 'jsonb', 'float8', 'numeric', 'bytea')
    .chain((typeName) => fc.boolean().map((array) => builtIn(typeName, array))),
  fc
    .record({
      typeName: fc.oneof(fc.constantFrom('mood', 'mood'), name),
      schema: fc.constantFrom('a', 'b'),
      labels: fc.uniqueArray(label, { minLength: 1, maxLength: 3 }),
      array: fc.boolean(),
      renamed: fc.option(name),
    })
    .map(({ typeName, schema, labels, array, renamed }) =>
      enumType(typeName, labels, {
        schema,
        array,
        ...(renamed !== null && { comment: directive({ name: renamed }) }),
      }),
    ),
);

const columns = fc
  .array(fc.record({ columnName: name, type, fieldName: fc.option(name) }), { minLength: 1, maxLength: 4 })
  .map((drawn) =>
    drawn.map(({ columnName, type, fieldName }) =>
      attribute(columnName, { type, ...(fieldName !== null && { comment: directive({ name: fieldName }) }) }),
    ),
  );

const table = fc
  .record({
    tableName: name,
    typeName: fc.option(name),
    columns,
    own: fc.subarray(['username', 'enabled', 'attributes', 'sub']),
    aggregate: fc.boolean(),
    foreignKey: fc.option(
      fc.record({ localName: fc.option(name), foreignName: fc.option(name), foreignTable: name }),
    ),
  })
  .map(({ tableName, typeName, columns, own, aggregate, foreignKey }) => {
    const types: Readonly<Record<string, string>> = { enabled: 'bool', attributes: 'jsonb' };
    return foreignTable({
      name: tableName,
      columns: [...own.map((each) => column(each, { type: builtIn(types[each] ?? 'text') })), ...columns],
      comment: directive({
        ...(typeName !== null && { name: typeName }),
        aggregate: { enabled: aggregate },
        ...(foreignKey && {
          foreign_keys: [
            {
              local_columns: ['username'],
              foreign_schema: 'cognito',
              foreign_table: foreignKey.foreignTable,
              foreign_columns: ['username'],
              ...(foreignKey.localName !== null && { local_name: foreignKey.localName }),
              ...(foreignKey.foreignName !== null && { foreign_name: foreignKey.foreignName }),
            },
          ],
        }),
      }),
    });
  });

const catalog = fc.record({
  tables: fc.uniqueArray(table, { maxLength: 4, selector: (each) => each.name }),
  inflect: fc.boolean(),
  federation: fc.boolean(),
  /** The names of views, each of one of the tables. */
  views: fc.uniqueArray(name, { maxLength: 2 }),
  /** Which columns the role may read, by turns. */
  readable: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
});

test('whatever a catalog names its objects, its model has a valid schema for every role', () => {
  fc.assert(
    fc.property(catalog, ({ tables, views: viewNames, inflect, federation, readable }) => {
      const comments = { cognito: directive({ inflect_names: inflect }) };
      const views = viewNames.flatMap((viewName, i) => viewsOf(viewName, tables.slice(i, i + 1)));
      const model = build(tables, comments, { federation }, views);
      let turn = 0;
      const grants = [...tables, ...views].map((each) => {
        const names = each.columns.map((part) => part.name).filter(() => readable[turn++ % readable.length]);
        return [each.name, new Set(names)] as const;
      });
      const roles = [{ role: 'reader', readable: new Map([['cognito', new Map(grants)]]) }];
      const { schema, print } = new RoleSchemas(model, roles, { federation }).of('reader');
      expect(validateSchema(schema)).toEqual([]);
      expect(print()).toContain('Query');
    }),
    { numRuns: 150 },
  );
});

/** A view of all columns of a table, in the same schema. */
function viewsOf(viewName: string, tables: readonly ForeignTableDefinition[]): readonly ViewDefinition[] {
  return tables.map(({ schema, name: tableName, columns: shown }) => ({
    schema,
    name: viewName,
    comment: undefined,
    reader: undefined,
    columns: shown.map((each) => ({ ...each, options: new Map() })),
    base: success({ schema, name: tableName, columns: shown.map((each) => each.name) }),
  }));
}
