import { introspectionFromSchema } from 'graphql';

/** Writes the schema's introspection as a type, as gql.tada reads it: JSON is a type of TypeScript as it stands. */
export function plugin(schema) {
  const { __schema } = introspectionFromSchema(schema, { descriptions: false });
  return `export type introspection = ${JSON.stringify({ __schema }, null, 2)};\n`;
}
