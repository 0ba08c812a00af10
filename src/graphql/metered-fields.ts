import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
} from 'graphql';
import type { RequestContext } from './builder.ts';
import { fieldFailure } from './field-failure.ts';

/**
 * A schema that counts values and failures as fields are resolved, so that an answer which grows too large is aborted
 * early.
 */
export function withMeteredFields(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) =>
      field.resolve
        ? { ...field, resolve: metered(field.resolve, isLeafType(getNamedType(field.type))) }
        : field,
  });
}

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

function metered(resolve: Resolver, isLeaf: boolean): Resolver {
  const count = isLeaf ? countValue : () => undefined;
  return (source, args, context, info) => {
    const fail = (error: unknown): never => {
      throw fieldFailure(error, info, context.answer);
    };
    let value: unknown;
    try {
      value = resolve(source, args, context, info);
    } catch (error) {
      return fail(error);
    }
    if (value instanceof Promise) return value.catch(fail);
    count(value, context, info);
    return value;
  };
}

function countValue(value: unknown, { answer }: RequestContext, { fieldNodes: [node] }: GraphQLResolveInfo) {
  const name = node?.alias ?? node?.name;
  answer.build((name?.value.length ?? 0) + bytesOf(value));
}

/** The bytes of a value's punctuation, and of a value that is neither a text nor a list. */
const bytesBeside = 5;

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length + bytesBeside;
  return Array.isArray(value)
    ? value.reduce((total, element) => total + bytesOf(element), bytesBeside)
    : bytesBeside;
}
