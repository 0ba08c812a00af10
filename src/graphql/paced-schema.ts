import type { GraphQLSchema } from 'graphql';
import type { Pace } from '../columns/pace.ts';
import { inPortions } from './portions.ts';

/**
 * The same schema for an operation that introspects it, with a list of types that comes in portions: there may be thousands.
 * graphql-js takes the list from the schema that it executes with, and waits for promises in it as in any list.
 */
export function pacedSchema(schema: GraphQLSchema, pace: Pace): GraphQLSchema {
  return Object.create(schema, {
    getTypeMap: {
      value() {
        const types = Object.entries(schema.getTypeMap());
        const portions = inPortions(types, pace, ([, type]) => type);
        return Object.fromEntries(types.map(([name], index) => [name, portions[index]]));
      },
    },
    // graphql-js would look into that list.
    getType: { value: (name: string) => schema.getType(name) },
  });
}
