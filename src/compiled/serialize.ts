import { type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import { ExactNumber } from '../values/number/exact-number.ts';

/**
 * The JSON of a value for a field of this type, which graphql-js calls completing a value.
 *
 * @throws if the value is not of the type
 */
export function serialize(type: GraphQLOutputType, value: unknown): string {
  const completed = complete(type, value);
  return completed instanceof ExactNumber ? completed.digits : JSON.stringify(completed);
}

function complete(type: GraphQLOutputType, value: unknown): unknown {
  if (isNonNullType(type)) {
    const completed = complete(type.ofType, value);
    if (completed === null) throw new Error(`a value of type ${type} is null`);
    return completed;
  }
  if (value === null || value === undefined) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) return null;
    return value.map((element) => complete(type.ofType, element));
  }
  if (!isLeafType(type)) throw new Error(`${type} is not a scalar or an enum`);
  const serialized = type.serialize(value);
  if (serialized === null || serialized === undefined) throw new Error(`${type} serializes to nothing`);
  return serialized;
}
