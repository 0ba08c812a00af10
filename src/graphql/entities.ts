import { GraphQLScalarType } from 'graphql';
import type { Builder } from './builder.ts';
import { fieldFailure } from './field-failure.ts';
import { means } from './field-meaning.ts';
import { type FoundEntities, findEntities } from './find-entities.ts';
import { inPortions } from './portions.ts';
import { Entities } from './representation.ts';
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
        const found = await findEntities(representations, { entities, schema }, scope);
        return inPortions(outcomesOf(found), scope.pace, (outcome, index) =>
          outcome instanceof Error ? rejection(fieldFailure(outcome, { ...info, index }, answer)) : outcome,
        );
      },
    }),
  );
}

function outcomesOf({ count, groups, failures }: FoundEntities): readonly EntityOutcome[] {
  const outcomes: EntityOutcome[] = Array.from({ length: count }, () => null);
  for (const { view, places, rows } of groups) {
    for (const [i, place] of places.entries()) outcomes[place] = { view, row: rows[i] ?? 0 };
  }
  for (const [place, error] of failures) outcomes[place] = error;
  return outcomes;
}

/** An entity's row, null if there is none, or an error that does not affect the other entities. */
type EntityOutcome = RowNode | null | Error;

/** A rejection that the executor handles later. */
function rejection(error: Error): Promise<never> {
  const rejected: Promise<never> = Promise.reject(error);
  rejected.catch(() => undefined);
  return rejected;
}
