import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { type GraphQLFieldResolver, type GraphQLSchema, getNamedType, isLeafType } from 'graphql';
import type { RequestContext } from './builder.ts';

/** A schema that counts values as they are resolved, so that an answer which grows too large is aborted early. */
export function withMeteredFields(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) =>
      field.resolve && isLeafType(getNamedType(field.type))
        ? { ...field, resolve: metered(field.resolve) }
        : field,
  });
}

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

function metered(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    const [node] = info.fieldNodes;
    const name = node?.alias ?? node?.name;
    context.answer.build((name?.value.length ?? 0) + bytesOf(value));
    return value;
  };
}

/** The bytes of a value's punctuation, and of a value that is neither a text nor a list. */
const bytesBeside = 5;

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length + bytesBeside;
  return Array.isArray(value)
    ? value.reduce((total, element) => total + bytesOf(element), bytesBeside)
    : bytesBeside;
}
