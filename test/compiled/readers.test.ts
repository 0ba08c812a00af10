import fc from 'fast-check';
import { buildSchema, getArgumentValues, getVariableValues, Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { argumentsReader } from '../../src/compiled/arguments-reader.ts';
import { VariablesReader } from '../../src/compiled/variables-reader.ts';

const schema = buildSchema(/* GraphQL */ `
  enum Color { RED GREEN }
  input Point { x: Int!, y: Int = 7 }
  type Query {
    plain(a: Int, b: String!, c: Color, d: ID, e: Float = 1.5, f: Boolean): Int
    nested(point: Point, list: [Int!], text: String = "t"): Int
    lists(colors: [Color]!, texts: [String!]!, grid: [[Int]]): Int
  }
`);

const documents = [
  'query ($a: Int, $b: String!, $c: Color, $d: ID, $f: Boolean) { plain(a: $a, b: $b, c: $c, d: $d, f: $f) }',
  'query ($a: Int = 3, $b: String!) { plain(a: $a, b: $b, e: 2) }',
  'query ($e: Float) { plain(b: "x", e: $e) }',
  'query ($b: String = "y") { plain(b: $b) }',
  'query ($x: Int!, $text: String) { nested(point: { x: $x }, text: $text) }',
  'query ($point: Point, $list: [Int!]) { nested(point: $point, list: $list) }',
  'query ($text: String) { nested(text: $text, list: [1, 2]) }',
  'query ($colors: [Color]!, $texts: [String!]! = ["t"]) { lists(colors: $colors, texts: $texts) }',
  'query ($colors: [Color]!, $texts: [String!]!) { lists(colors: $colors, texts: $texts) }',
  'query ($grid: [[Int]]) { lists(colors: [], texts: [], grid: $grid) }',
];

const value = fc.oneof(
  fc.constantFrom(null, true, 'RED', 'BLUE', '', 0, -1, 2 ** 31, 1.5, [], [1], [null], {}, [[1]]),
  fc.array(fc.constantFrom('RED', 'GREEN', 'BLUE', null, 1), { maxLength: 3 }),
  fc.record({ x: fc.integer(), y: fc.option(fc.integer()) }, { requiredKeys: ['x'] }),
  fc.string(),
  fc.integer(),
);
const variables = fc.dictionary(
  fc.constantFrom(
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'x',
    'text',
    'texts',
    'colors',
    'grid',
    'point',
    'list',
    '__proto__',
    'constructor',
  ),
  value,
);

test('variables and arguments are read as graphql-js reads them, or are left to it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...documents), variables, (text, given) => {
      const [operation] = parse(text).definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the document has an operation');
      const expected = getVariableValues(schema, operation.variableDefinitions ?? [], given).coerced;
      const read = new VariablesReader(schema, operation).read(given);
      expect(read && { ...read }).toEqual(expected && { ...expected });
      const [node] = operation.selectionSet.selections;
      if (!read || node?.kind !== Kind.FIELD) return;
      const field = schema.getQueryType()?.getFields()[node.name.value];
      if (!field) throw new Error('the schema has the field');
      const argumentsOf = (read: () => object) => {
        try {
          return { ...read() };
        } catch (error) {
          return String(error);
        }
      };
      expect(argumentsOf(() => argumentsReader(field, node).read({ variables: read }))).toEqual(
        argumentsOf(() => getArgumentValues(field, node, { ...read })),
      );
    }),
    { numRuns: 2_000 },
  );
});
