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

/** Characters and elements from which values are large: far more than a person's filter has. */
const large = 10_000;

/**
 * Refuses the values of variables before they are coerced, which recurses into them. Large ones are also refused at
 * the first thing that is wrong with them: executors list all of it, and repeat the values around it each time.
 *
 * @throws QueryTooComplexError
 * @throws GraphQLError where a large value is not of its type
 */
export function assertVariableLimits(given: VariablesOf, limits: Limits): void {
  const isLarge = sizeWithin(limits, given.variables) > large;
  assertFewObjects(given, limits);
  if (isLarge) assertTypes(given);
}

/** Coercion looks at every field of its type for each object of a list, and tables can be wide. */
function assertFewObjects({ schema, operation, variables }: VariablesOf, limits: Limits): void {
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const value = variables[variable.name.value];
    if (!Array.isArray(value) || value.length <= limits.filterSize) continue;
    const named = typeFromAST(schema, type);
    if (isInputObjectType(getNamedType(named))) throw exceeded(limits, 'filterSize', 'the request');
  }
}

/** What is missing, and what is null, is left to the executor. */
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

/** How many characters, fields and elements the values have. */
function sizeWithin(limits: Limits, variables: unknown): number {
  let size = 0;
  let innerObjects = 0;
  // The variables are themselves an object around the arguments. An explicit stack, since JSON can be of any depth.
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
  /** Objects around it, within the variables. */
  readonly objects: number;
  /** Objects and lists around it. */
  readonly nesting: number;
}
