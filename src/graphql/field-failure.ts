import {
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
  getLocation,
  responsePathAsArray,
  type SourceLocation,
} from 'graphql';
import type { AnswerSize } from './builder.ts';

/** Bytes in memory of an error until its answer is written: measured on Node 20. */
const bytesPerFailure = 2_500;

/** The field that failed, or the element of its list. */
type FailedField = Pick<GraphQLResolveInfo, 'fieldNodes' | 'path'> & { readonly index?: number };

/**
 * The failure of a field, as the executor would report it, counted as part of the answer: a client can make every field
 * of every row fail.
 *
 * @throws GatewayError if the answer grows too large, which ends the request
 */
export function fieldFailure(cause: unknown, field: FailedField, answer: AnswerSize): GraphQLError {
  answer.build(bytesPerFailure);
  return new FieldFailure(cause instanceof Error ? cause : new Error(String(cause)), field);
}

class FieldFailure extends GraphQLError {
  override readonly locations: readonly SourceLocation[];

  constructor(cause: Error, { fieldNodes, path, index }: FailedField) {
    const names = responsePathAsArray(path);
    super(cause.message, {
      path: index === undefined ? names : [...names, index],
      originalError: cause,
    });
    this.locations = fieldNodes.flatMap(locationsOf);
  }
}

const known = new WeakMap<FieldNode, readonly SourceLocation[]>();

/** Remembered, because counting the lines before a field takes up to 0.5 ms, and it may fail for every row. */
function locationsOf(node: FieldNode): readonly SourceLocation[] {
  const found = known.get(node) ?? (node.loc ? [getLocation(node.loc.source, node.loc.start)] : []);
  known.set(node, found);
  return found;
}
