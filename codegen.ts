import type { CodegenConfig } from '@graphql-codegen/cli';

/** Operations that are checked against the printed schema and turned into typed documents, per folder of output. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'examples/frontend/src/generated/': typedDocuments('examples/frontend/src/*.graphql'),
    'test/generated/': typedDocuments('test/operations/*.graphql'),
    'test/clients/tada/generated/introspection.ts': {
      plugins: ['./test/clients/tada/introspection-plugin.mjs'],
    },
  },
};

// #region typed-documents
function typedDocuments(documents: string): CodegenConfig['generates'][string] {
  return {
    documents,
    preset: 'client',
    presetConfig: { fragmentMasking: false, skipIndexFile: true },
    config: {
      documentMode: 'string',
      namingConvention: 'keep',
      useTypeImports: true,
      immutableTypes: true,
      importExtension: '.ts',
      strictScalars: true,
      scalars: {
        // Strings keep the digits that JavaScript's numbers lose; aggregates are numbers where these hold them.
        BigFloat: 'string | number',
        BigInt: 'string | number',
        Cursor: 'string',
        Date: 'string',
        Datetime: 'string',
        ID: 'string',
        JSON: 'string',
        Opaque: 'string',
        Time: 'string',
        UUID: 'string',
      },
    },
  };
}
// #endregion

export default config;
