import fc from 'fast-check';
import {
  execute,
  type GraphQLArgument,
  type GraphQLField,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, test, vi } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { CompiledOperation, Unanswered } from '../../src/compiled/compile.ts';
import type { RequestScope } from '../../src/graphql/request-scope.ts';
import type { RoleSchema } from '../../src/graphql/role-schemas.ts';
import { AnswerMeters } from '../../src/http/answer-meter.ts';
import { writeJson } from '../../src/http/json-writer.ts';
import { resolveLimits } from '../../src/limits/limits.ts';
import { encodeNodeId } from '../../src/rows/page/cursor-and-node-id.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import { TableView } from '../../src/rows/store/view.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { type SampleRow, sampleRow, sampleRows, sampleStore } from '../rows/sample-table.ts';
import { type ArgumentSamples, randomDocument, type SampleValue } from './random-document.ts';
import { badges, people, type SampleRole, sampleRoles, sampleSchema, sampleScope } from './sample-api.ts';

/** Rows in which every value is one of its type, and can be written as JSON. */
const valid = sampleRow.map(
  (row): SampleRow => ({
    ...row,
    attributes: Object.fromEntries(
      Object.entries(row.attributes).filter(([, text]) => !/oops|NaN|inf/i.test(text ?? '')),
    ),
  }),
);
const validRows = fc.uniqueArray(valid, {
  selector: ({ username }) => username,
  minLength: 5,
  maxLength: 30,
});

const snapshots: readonly Snapshot[] = await Promise.all([
  ...fc.sample(validRows, { numRuns: 4, seed: 1 }).map(sampleStore),
  ...fc.sample(sampleRows, { numRuns: 2, seed: 2 }).map(sampleStore),
  sampleStore([]),
]);

describe('a compiled operation answers as graphql-js does', () => {
  const worlds = sampleRoles.flatMap((role) =>
    [false, true].flatMap((federation) => snapshots.map((snapshot) => ({ role, federation, snapshot }))),
  );
  // By their numbers, so that a failure can be read.
  const anyCase = fc.nat({ max: worlds.length - 1 }).chain((number) => {
    const { role, federation, snapshot } = worldAt(number);
    const { schema } = sampleSchema(role, federation);
    return fc.record({
      world: fc.constant(number),
      document: randomDocument(schema, samplesFor(snapshot)),
    });
  });

  function worldAt(number: number) {
    const world = worlds[number];
    if (!world) throw new Error(`there is no world ${number}`);
    return world;
  }

  test('whatever the document, the role, the policies and the snapshot', async () => {
    const outcomes = { compiled: 0, interpreted: 0, invalid: 0 };
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ world, document: { text, variables } }) => {
        const { role, federation, snapshot } = worldAt(world);
        const outcome = await compare(sampleSchema(role, federation), role, snapshot, text, variables);
        outcomes[outcome]++;
      }),
      { numRuns: 2_000 },
    );
    // What is compared with nothing proves nothing.
    expect(outcomes.compiled).toBeGreaterThan(1_500);
  }, 300_000);
});

describe('rows that thousands of parents refer to are looked at once', () => {
  const document = parse(`query ($refs: [_Any!]!) {
    _entities(representations: $refs) {
      ... on Person { badges { totalCount aggregate { count max { age } } edges { node { username } } } }
    }
  }`);
  const tags = ['a', 'b'];
  const rows = tags.flatMap((tag) => Array.from({ length: 20 }, (_, i) => rowWith(`${tag}${i}`, tag)));
  const references = rows.flatMap(({ username }) => Array(10).fill({ __typename: 'Person', username }));
  const { executable } = sampleSchema('reader', true);

  function rowWith(username: string, tag: string): SampleRow {
    return { username, enabled: true, created_at: 0, attributes: { tag } };
  }

  async function scopeOver(): Promise<{ scope: RequestScope; views: () => number }> {
    const scope = sampleScope('reader', await sampleStore(rows));
    const view = vi.spyOn(scope, 'view');
    return { scope, views: () => view.mock.calls.filter(([{ name }]) => name === 'badges').length };
  }

  test('by the interpreter', async () => {
    const { scope, views } = await scopeOver();
    const contextValue = { scope, answer: { build: () => undefined } };
    const variableValues = { refs: references };
    const { errors } = await execute({ schema: executable, document, variableValues, contextValue });
    expect(errors).toBeUndefined();
    expect(views()).toBeLessThan(10);
  });

  test('by a plan', async () => {
    const { scope, views } = await scopeOver();
    const operation = getOperationAST(document);
    if (!operation) throw new Error('there is no operation');
    const compiled = new CompiledOperation(executable, document, operation);
    const meter = { write: () => undefined };
    expect(await compiled.run({ scope, variables: { refs: references }, meter })).toBeInstanceOf(Array);
    expect(views()).toBeLessThan(10);
  });
});

/** Runs a document in both ways, and expects the same of them. */
async function compare(
  schema: RoleSchema,
  role: SampleRole,
  snapshot: Snapshot,
  text: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<'compiled' | 'interpreted' | 'invalid'> {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation || validate(schema.schema, document, specifiedRules).length > 0) return 'invalid';
  const scope = sampleScope(role, snapshot);
  const expected = await execute({
    schema: schema.executable,
    document,
    variableValues: variables,
    contextValue: { scope, answer: { build: () => undefined } },
  });
  const compiled = new CompiledOperation(schema.executable, document, operation);
  const run = async (inScope = sampleScope(role, snapshot)) => {
    const meter = { write: () => undefined };
    const pieces = await compiled.run({ scope: inScope, variables, meter });
    return pieces instanceof Unanswered ? undefined : Buffer.concat(pieces);
  };
  const compiledScope = sampleScope(role, snapshot);
  const bytes = await run(compiledScope);
  if (!bytes) {
    // Only what has an error is left to the interpreter.
    expect(expected.errors).toBeDefined();
    return 'interpreted';
  }
  expect(expected.errors).toBeUndefined();
  expect(bytes.toString()).toBe(await jsonOf({ data: expected.data }));
  expect(rowsMatched(compiledScope)).toEqual(rowsMatched(scope));
  // A plan that has run before answers the same.
  expect((await run())?.equals(bytes)).toBe(true);
  return 'compiled';
}

/** How many rows a request's filters matched, by table. */
function rowsMatched({ scans }: RequestScope): ReadonlyMap<string, number | undefined> {
  return new Map(scans.map(({ table, rowsMatched }) => [table.name, rowsMatched]));
}

/** A result as the gateway writes it where it is interpreted. */
async function jsonOf(result: unknown): Promise<string> {
  const limits = resolveLimits();
  const meter = new AnswerMeters(limits).open(() => undefined);
  const json = await writeJson(result, new Pace(), meter);
  return typeof json === 'string' ? json : Buffer.concat(json).toString();
}

function samplesFor(snapshot: Snapshot): ArgumentSamples {
  const usernames = Array.from({ length: Math.min(3, snapshot.rowCount) }, (_, row) =>
    String(snapshot.identity.get(row)),
  );
  const nodeIds = usernames.flatMap((_, row) =>
    [people, badges].map((table) => encodeNodeId(new TableView(snapshot, table, new CursorSeal()), row)),
  );
  const representations = [
    ...usernames.map((username) => ({ __typename: 'Person', username })),
    ...nodeIds.map((nodeId, i) => ({ __typename: i % 2 === 0 ? 'Person' : 'Badge', nodeId })),
    { __typename: 'Person', username: 'nobody' },
  ];
  const texts = (...values: unknown[]): readonly SampleValue[] => values.map(sample);
  return {
    of({ name }: GraphQLArgument, field: GraphQLField<unknown, unknown>) {
      switch (name) {
        case 'first':
          return [null, null, ...texts(0, 1, 3, 100, null)];
        case 'offset':
          return [null, null, null, ...texts(0, 2)];
        case 'last':
        case 'before':
        case 'after':
          return [null, null, null, null, null, ...(name === 'last' ? texts(2) : [])];
        case 'filter':
          return [
            null,
            null,
            ...texts(
              {},
              { tag: { eq: 'a' } },
              { username: { gt: 'b' } },
              { or: [{ age: { gte: 18 } }, { enabled: { eq: true } }] },
              { not: { tag: { in: ['a', 'b', 'é'] } } },
            ),
          ];
        case 'orderBy':
          return [
            null,
            null,
            ...[
              [{ username: 'DescNullsLast' }],
              [{ tag: 'AscNullsFirst' }, { age: 'DescNullsLast' }],
              [{ created_at: 'AscNullsLast' }],
              [{ balance: 'DescNullsFirst' }],
            ].map((order) => ({ literal: literal(order).replaceAll('"', ''), json: order })),
          ];
        case 'name':
          return texts('tag', 'age', 'nobody', 'username');
        case 'nodeId':
          return texts(...nodeIds, 'WyJwdWJsaWMiLCAicGVvcGxlIiwgIm5vYm9keSJd');
        case 'representations':
          return texts(representations, representations.slice(0, 2), []);
        case 'username':
          return texts(...usernames, 'nobody');
        case 'age':
          return texts(0, 18, 99);
        default:
          throw new Error(`the argument ${name} of ${field.name} has no samples`);
      }
    },
  };
}

function sample(value: unknown): SampleValue {
  return { literal: literal(value), json: value };
}

/** A value as GraphQL writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}: ${literal(inner)}`)
    .join(', ')}}`;
}
