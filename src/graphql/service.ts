import type { GraphQLSchema } from 'graphql';
import type { Model } from '../model/model.ts';
import type { Builder } from './builder.ts';
import { printSubgraph } from './subgraph-sdl.ts';

/**
 * Adds the field `_service` of a subgraph, which returns its schema:
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_service
 *
 * @param model what the schema is generated from
 * @param schema returns the schema that contains the field; only called once that has been built
 */
export function addService(builder: Builder, model: Model, schema: () => GraphQLSchema): void {
  let printed: string | undefined;
  const service = builder.objectRef<object>('_Service').implement({
    description: 'What this subgraph contributes to the supergraph.',
    fields: (t) => ({
      sdl: t.string({
        nullable: false,
        description: 'The schema, in the form that composition reads.',
        resolve: () => {
          printed ??= printSubgraph(schema(), model);
          return printed;
        },
      }),
    }),
  });
  builder.queryField('_service', (t) => t.field({ type: service, nullable: false, resolve: () => ({}) }));
}
