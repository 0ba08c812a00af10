import type { CodegenConfig } from '@graphql-codegen/cli';

/** Operations that are checked against the printed schema and turned into typed documents, per folder of output. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'examples/frontend/src/generated/': typedDocuments('examples/frontend/src/*.graphql'),
    'test/generated/': typedDocuments('test/operations/*.graphql'),
  },
};

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
      // Each scalar travels as text: 64-bit integers and decimals would lose digits as JavaScript's numbers.
      strictScalars: true,
      scalars: {
        BigFloat: 'string',
        BigInt: 'string',
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

export default config;
