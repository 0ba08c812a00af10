import { describe, expect, test } from 'vitest';
import { elementTypeOf } from '../../src/model/column-type.ts';
import type { TypeDefinition } from '../../src/model/definition.ts';
import { attribute, build, column, directive, enumType, foreignTable, problemsOf } from './definitions.ts';

/** The type that a column of this type has in the model, and what is said about it. */
function built(type: TypeDefinition, table = foreignTable()) {
  const columns = [column('username'), attribute('mood', { type })];
  const model = build([{ ...table, columns }]);
  const found = model.tables[0]?.columns.find(({ name }) => name === 'mood')?.type;
  return { model, type: found && elementTypeOf(found) };
}

describe('an enum', () => {
  test('has its own name and labels without a directive', () => {
    expect(built(enumType('mood', ['sad', 'ok'])).type).toEqual({
      kind: 'enum',
      schema: 'public',
      name: 'mood',
      labels: ['sad', 'ok'],
      typeName: 'mood',
      valueNames: ['sad', 'ok'],
      description: undefined,
    });
  });

  test('has the names that its directive gives, and its prose as description', () => {
    const comment = `How it goes. ${directive({ name: 'State', mappings: { 'Open-Updated': 'Open_Updated' } })}`;
    const { model, type } = built(enumType('st', ['New', 'Open-Updated'], { comment }));
    expect(model.problems).toEqual([]);
    expect(type).toMatchObject({
      typeName: 'State',
      labels: ['New', 'Open-Updated'],
      valueNames: ['New', 'Open_Updated'],
      description: 'How it goes.',
    });
  });

  test('is reported if its mappings name a label that it does not have', () => {
    const comment = directive({ mappings: { 'Open-Updatd': 'Open_Updated' } });
    const { model } = built(enumType('st', ['New', 'Open_Updated'], { comment }));
    expect(model.problems).toEqual([
      {
        object: 'public.st',
        reason: 'its mappings name "Open-Updatd", which is not one of its labels',
        hint: 'did you mean "Open_Updated"?',
      },
    ]);
  });
});

describe('the columns of an enum are opaque, and the enum is a problem,', () => {
  test.each([
    ['where GraphQL does not allow its name', enumType('my mood', ['sad'])],
    ['where its name is one of introspection', enumType('__Type', ['sad'])],
    ['where GraphQL does not allow a label', enumType('mood', ['very sad'])],
    ['where a label is a word of GraphQL', enumType('mood', ['true'])],
    ["where its name is the gateway's own", enumType('PageInfo', ['sad'])],
    ['where its filter is one of a scalar', enumType('String', ['sad'])],
    ['where its name is that of a type of a table', enumType('usersFilter', ['sad'])],
    ['where its name is that of a table', enumType('users', ['sad'])],
    [
      'where two labels are to have one name',
      enumType('mood', ['a', 'b'], { comment: directive({ mappings: { a: 'c', b: 'c' } }) }),
    ],
    [
      'where a label is to have the name of another one',
      enumType('mood', ['a', 'b'], { comment: directive({ mappings: { a: 'b', b: 'a' } }) }),
    ],
  ])('%s', (_, type) => {
    const found = built(type);
    expect(found.type).toEqual({ kind: 'opaque' });
    expect(found.model.problems).toEqual([
      {
        object: `public.${type.name}`,
        reason: expect.any(String),
        hint: expect.stringContaining('its columns are exposed as Opaque'),
      },
    ]);
  });

  test("if its list filter has the name of a table's filter", () => {
    const list = enumType('mood', ['sad'], { array: true });
    const { model, type } = built(list, foreignTable({ name: 'moodList' }));
    expect(type).toEqual({ kind: 'opaque' });
    expect(problemsOf(model)).toEqual([
      'public.mood: its GraphQL name moodListFilter is already taken by cognito.moodList',
    ]);
    expect(built(enumType('mood', ['sad']), foreignTable({ name: 'moodList' })).model.problems).toEqual([]);
  });

  test('if its mappings are not names, which is reported', () => {
    const comment = directive({ mappings: { 'very sad': 1 } });
    expect(problemsOf(built(enumType('mood', ['very sad'], { comment })).model)).toEqual([
      'public.mood: in the @graphql directive, mappings must be an object of {"<label>": "<name>"}, but is {"very sad":1}',
      'public.mood: GraphQL does not allow a value named "very sad"',
    ]);
  });

  test('but not those of another enum whose path reads the same', () => {
    const model = build([
      foreignTable({
        columns: [
          attribute('one', {
            type: enumType('b.c', ['x'], { schema: 'a', comment: directive({ name: 'One' }) }),
          }),
          attribute('two', {
            type: enumType('c', ['y'], { schema: 'a.b', comment: directive({ name: 'Two' }) }),
          }),
        ],
      }),
    ]);
    expect(model.tables[0]?.columns.map(({ type }) => type)).toMatchObject([
      { typeName: 'One', labels: ['x'] },
      { typeName: 'Two', labels: ['y'] },
    ]);
  });

  test('if an enum of another schema has its name', () => {
    const model = build([
      foreignTable({
        columns: [
          attribute('one', { type: enumType('mood', ['sad'], { schema: 'a' }) }),
          attribute('two', { type: enumType('mood', ['sad'], { schema: 'b' }) }),
        ],
      }),
    ]);
    expect(model.tables[0]?.columns.map(({ type }) => type.kind)).toEqual(['enum', 'opaque']);
    expect(problemsOf(model)).toEqual(['b.mood: its GraphQL name mood is already taken by the enum a.mood']);
  });
});
