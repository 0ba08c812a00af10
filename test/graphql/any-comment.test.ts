import fc from 'fast-check';
import { buildSchema, validateSchema } from 'graphql';
import { expect, test } from 'vitest';
import { RoleSchemas } from '../../src/graphql/role-schemas.ts';
import { columnKeys, enumKeys, schemaKeys, serverKeys, tableKeys } from '../../src/model/directive.ts';
import { attribute, build, builtIn, column, enumType, foreignTable } from '../model/definitions.ts';

/** Words that mean something here, or to GraphQL, JSON or JavaScript. */
const word = fc.oneof(
  fc.constantFrom(
    'constructor',
    '__proto__',
    'username',
    'users',
    'reader',
    'cognito',
    'x',
    '',
    'null',
    '-1',
  ),
  fc.constantFrom('"""', '\\', '#', '\n', '\u2028', '\0', '@graphql(', ')', '{', '}', 'q"t', '1e400', '😀'),
);
/** What JSON can escape, and no text of Postgres can hold. */
const escaped = fc.constantFrom('\ud800', 'x\udc00');

const innerKeys = fc.constantFrom(
  ...['enabled', 'filter', 'eq', 'claim', 'reader'],
  ...['local_columns', 'local_name', 'foreign_schema', 'foreign_table', 'foreign_columns', 'foreign_name'],
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(word, escaped, fc.integer({ min: -2, max: 5 }), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(word, innerKeys), tie('value'), { maxKeys: 4 }),
  ),
}));

const names = [schemaKeys, tableKeys, serverKeys, columnKeys, enumKeys].flatMap((keys) =>
  Object.values(keys).map(({ name }) => name),
);
const settings = fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), value, { maxKeys: 4 });
const prose = fc.array(word, { maxLength: 4 }).map((words) => words.join(' ').replaceAll('\0', ''));
const comment = fc.option(
  fc.oneof(
    prose,
    fc
      .tuple(prose, settings, prose)
      .map(([before, json, after]) => `${before}@graphql(${JSON.stringify(json)})${after}`),
  ),
  { nil: undefined },
);

const comments = fc.record({
  schema: comment,
  table: comment,
  other: comment,
  key: comment,
  column: comment,
  enum: comment,
  federation: fc.boolean(),
});

test('whatever comments contain, the model has a valid schema, which can be printed and parsed again', () => {
  fc.assert(
    fc.property(comments, ({ federation, ...of }) => {
      const mood = enumType('mood', ['ok', 'a b'], of.enum === undefined ? {} : { comment: of.enum });
      const tables = [
        foreignTable({
          comment: of.table,
          columns: [
            column('username', { comment: of.key }),
            attribute('constructor', { comment: of.column }),
            attribute('mood', { type: mood }),
            attribute('numbers', { type: builtIn('int4', true) }),
          ],
        }),
        foreignTable({ name: 'x', comment: of.other, columns: [column('username'), column('email')] }),
      ];
      const model = build(tables, of.schema === undefined ? {} : { cognito: of.schema }, { federation });
      const readable = tables.map(
        (table) => [table.name, new Set(table.columns.map(({ name }) => name))] as const,
      );
      const roles = [{ role: 'reader', readable: new Map([['cognito', new Map(readable)]]) }];
      const { schema, print } = new RoleSchemas(model, roles, { federation }).of('reader');
      expect(validateSchema(schema)).toEqual([]);
      // What a subgraph prints leaves the definitions of federation to the router.
      expect(() => buildSchema(print(), { assumeValidSDL: federation })).not.toThrow();
    }),
    { numRuns: 150 },
  );
});
