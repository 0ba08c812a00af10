import { type GraphQLSchema, isObjectType } from 'graphql';

/** Marks the connections of a schema made by hand, as those of generated schemas are marked. */
export function withConnections(schema: GraphQLSchema, maxRows: number): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    for (const field of isObjectType(type) ? Object.values(type.getFields()) : []) {
      if (field.args.some(({ name }) => name === 'first')) field.extensions = { connection: { maxRows } };
    }
  }
  return schema;
}
