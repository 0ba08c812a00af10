import { type DocumentNode, getOperationAST, type ParseOptions, parse, Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { estimateCost, type MaxRows } from './cost.ts';
import { assertLexicalLimits } from './lexical.ts';
import { exceeded, type Limits } from './limits.ts';
import { assertShapeLimits } from './shape.ts';
import { assertVariableLimits } from './variables.ts';

/**
 * Refuses documents that would cost too much: by their tokens before they are parsed, by their shape before they
 * are validated, and by their variables and the nodes they ask for before anything runs.
 *
 * @param maxRows the most nodes that a connection's page can have
 */
export function useDocumentLimits(limits: Limits, maxRows: MaxRows): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) => parseWithin(limits, source, options));
    },
    onExecute({ args: { schema, document, operationName, variableValues } }) {
      const operation = getOperationAST(document, operationName);
      // Without an operation nothing runs, and the executor says so.
      if (!operation) return;
      const variables = variableValues ?? {};
      assertVariableLimits({ schema, operation, variables }, limits);
      if (estimateCost({ schema, document, operation, variables }, maxRows) > limits.cost) {
        throw exceeded(limits, 'cost', 'the result');
      }
    },
  };
}

/** @throws GraphQLError where the text is not GraphQL */
export function parseWithin(limits: Limits, source: string | Source, options?: ParseOptions): DocumentNode {
  const text = typeof source === 'string' ? new Source(source) : source;
  assertLexicalLimits(text, limits);
  const document = parse(text, options);
  assertShapeLimits(document, limits);
  return document;
}
