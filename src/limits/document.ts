import { type DocumentNode, parse, Source } from 'graphql';
import { type AskedOperation, type Cost, estimateCost } from './cost.ts';
import { assertLexicalLimits } from './lexical.ts';
import { exceeded, type Limits } from './limits.ts';
import { assertShapeLimits } from './shape.ts';
import { prepareVariables } from './variables.ts';

/**
 * Parses a document within the limits, which are checked on its tokens before parsing, and on its shape before validation.
 *
 * @throws QueryTooComplexError
 * @throws GraphQLError if the text is not GraphQL
 */
export function parseWithin(limits: Limits, text: string): DocumentNode {
  const source = new Source(text);
  assertLexicalLimits(source, limits);
  const document = parse(source);
  assertShapeLimits(document, limits);
  return document;
}

/**
 * Rejects an operation whose variables or result exceed the limits, before it is executed.
 *
 * @returns what it would cost
 * @throws QueryTooComplexError
 * @throws GraphQLError if a large value is not of its variable's type
 */
export function authorize(asked: AskedOperation, limits: Limits): Cost {
  prepareVariables(asked, limits);
  const cost = estimateCost(asked);
  if (cost.nodes > limits.cost) throw exceeded(limits, 'cost', 'the result');
  if (cost.bytes > limits.responseBytes) throw exceeded(limits, 'responseBytes', 'the answer');
  return cost;
}
