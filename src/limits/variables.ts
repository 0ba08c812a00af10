import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { exceeded, type Limits } from './limits.ts';

/** An operation, and the values of its variables as they were sent. */
export interface VariablesOf {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The number of characters and elements from which values are large: far more than in a filter that a person writes. */
const large = 10_000;

/**
 * Checks the values of variables before they are coerced, which recurses into them. Large values are also rejected at their first
 * error, because executors list all errors, and repeat the values around each.
 *
 * @throws QueryTooComplexError
 * @throws GraphQLError if a large value is not of its type
 */
export function assertVariableLimits(given: VariablesOf, limits: Limits): void {
  const isLarge = sizeWithin(limits, given.variables) > large;
  assertFewObjects(given, limits);
  if (isLarge) assertTypes(given);
}

/** Coercion visits every field of its type for each object of a list, and tables can be wide. */
function assertFewObjects({ schema, operation, variables }: VariablesOf, limits: Limits): void {
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const value = variables[variable.name.value];
    if (!Array.isArray(value) || value.length <= limits.filterSize) continue;
    const named = typeFromAST(schema, type);
    if (isInputObjectType(getNamedType(named))) throw exceeded(limits, 'filterSize', 'the request');
  }
}

/** Missing values and nulls are left to the executor. */
function assertTypes({ schema, operation, variables }: VariablesOf): void {
  for (const node of operation.variableDefinitions ?? []) {
    const name = node.variable.name.value;
    const type = typeFromAST(schema, node.type);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined || value === null || !isInputType(type)) continue;
    coerceInputValue(value, type, (path, _value, { message }) => {
      const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
      throw new GraphQLError(`Variable "$${name}" got an invalid value at "${name}${place}"; ${message}`, {
        nodes: node,
      });
    });
  }
}

/** The number of characters, fields and elements in the values. */
function sizeWithin(limits: Limits, variables: unknown): number {
  let size = 0;
  let innerObjects = 0;
  // The variables are an object around the arguments. An explicit stack, because JSON can have any depth.
  const pending: Nested[] = [{ value: variables, objects: -1, nesting: 0 }];
  for (let nested = pending.pop(); nested; nested = pending.pop()) {
    const { value, objects, nesting } = nested;
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    if (isList && value.length > limits.listSize) throw exceeded(limits, 'listSize', 'a variable');
    const below = { objects: isList ? objects : objects + 1, nesting: nesting + 1 };
    if (below.objects > limits.filterDepth || below.nesting > 2 * limits.filterDepth + 1) {
      throw exceeded(limits, 'filterDepth', 'a variable');
    }
    if (!isList && objects > 0 && ++innerObjects > limits.filterSize) {
      throw exceeded(limits, 'filterSize', 'the request');
    }
    for (const inner of Object.values(value)) {
      size += typeof inner === 'string' ? inner.length + 1 : 1;
      if (typeof inner === 'object' && inner !== null) pending.push({ value: inner, ...below });
    }
  }
  return size;
}

interface Nested {
  readonly value: unknown;
  /** The number of objects around it, within the variables. */
  readonly objects: number;
  /** The number of objects and lists around it. */
  readonly nesting: number;
}
