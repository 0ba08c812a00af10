import { GraphQLScalarType, type GraphQLSchema } from 'graphql';
import type { Table } from '../model/model.ts';
import type { Builder } from './builder.ts';
import { fieldFailure } from './field-failure.ts';
import { means } from './field-meaning.ts';
import { inPortions } from './portions.ts';
import { Entities } from './representation.ts';
import type { Key, RequestScope } from './request-scope.ts';
import type { RowNode } from './row-node.ts';
import type { TableTypes } from './table-types.ts';

/**
 * Adds the field `_entities` of a subgraph, by which a router gets the rows that other subgraphs refer to:
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_entities
 */
export function addEntities(builder: Builder, tables: readonly TableTypes[]): void {
  const withKeys = tables.filter(({ table }) => table.key.length > 0);
  if (withKeys.length === 0) return;
  const entities = new Entities(withKeys.map(({ table }) => table));
  builder.addScalarType(
    '_Any',
    new GraphQLScalarType({ name: '_Any', description: 'An object with a `__typename` and a key.' }),
  );
  const union = builder.unionType('_Entity', {
    description: 'Any type that has a key.',
    types: withKeys.map(({ node }) => node),
    resolveType: ({ view }) => view.table.typeName,
  });
  builder.queryField('_entities', (t) =>
    t.field({
      type: [union],
      nullable: { list: false, items: true },
      description: 'The rows with these keys, in the order of the keys; null where there is none.',
      args: { representations: t.arg({ type: ['_Any'], required: true }) },
      extensions: means({ kind: 'entities', entities }),
      resolve: async (_root, { representations }, { scope, answer }, info) => {
        const { schema } = info;
        const outcomes = await findEntities(representations, { entities, schema }, scope);
        return inPortions(outcomes, scope.pace, (outcome, index) =>
          outcome instanceof Error ? rejection(fieldFailure(outcome, { ...info, index }, answer)) : outcome,
        );
      },
    }),
  );
}

/** The context for parsing representations. */
export interface EntityContext {
  readonly entities: Entities;
  /** The schema with the types of the keys. */
  readonly schema: GraphQLSchema;
}

/** An entity's row, null if there is none, or an error that does not affect the other entities. */
export type EntityOutcome = RowNode | null | Error;

/** How many entities of one table may fail one by one; if its rows cannot be read for more, the field fails once. */
const mostFailures = 100;

/** How many representations may be wrong one by one; of more, the field fails once. */
const mostWrong = 1_000;

/** The number of representations that are parsed between two looks at the clock. */
const stride = 64;

/**
 * Finds all rows of a table in one pass.
 *
 * @throws BadUserInputError if too many representations are wrong
 * @throws ScanError and others if the rows of a table cannot be read and many of them were requested
 */
export async function findEntities(
  representations: readonly unknown[],
  { entities, schema }: EntityContext,
  scope: RequestScope,
): Promise<readonly EntityOutcome[]> {
  const outcomes: EntityOutcome[] = representations.map(() => null);
  let wrong = 0;
  const wanted = new Map<Table, { readonly places: number[]; readonly keys: Key[] }>();
  for (const [place, representation] of representations.entries()) {
    if (place % stride === 0 && scope.pace.due) await scope.pace.pause();
    try {
      const { table, key } = entities.read(representation, `representations.${place}`, schema);
      const { places, keys } = wanted.get(table) ?? { places: [], keys: [] };
      if (places.length === 0) wanted.set(table, { places, keys });
      places.push(place);
      keys.push(key);
    } catch (error) {
      if (++wrong > mostWrong) throw error;
      outcomes[place] = toError(error);
    }
  }
  const findRowsOf = async ([table, { places, keys }]: [Table, { places: number[]; keys: Key[] }]) => {
    try {
      const found = await scope.rowsByKeys(table, table.key, keys);
      const view = await scope.view(table);
      for (const [i, place] of places.entries()) {
        const row = found[i]?.[0];
        outcomes[place] = row === undefined ? null : { view, row };
      }
    } catch (error) {
      if (places.length > mostFailures) throw error;
      for (const place of places) outcomes[place] = toError(error);
    }
  };
  await Promise.all([...wanted].map(findRowsOf));
  return outcomes;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A rejection that the executor handles later. */
function rejection(error: Error): Promise<never> {
  const rejected: Promise<never> = Promise.reject(error);
  rejected.catch(() => undefined);
  return rejected;
}
