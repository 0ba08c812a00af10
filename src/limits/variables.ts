import {
  coerceInputValue,
  GraphQLError,
  getNamedType,
  isInputObjectType,
  isInputType,
  typeFromAST,
} from 'graphql';
import { QueryTooComplexError } from '../errors.ts';
import { type Container, isContainer, withoutPrototypes } from '../values/plain-object.ts';
import type { AskedOperation } from './cost.ts';
import { exceeded, type Limits, limitSettings } from './limits.ts';
import { variableUses } from './variable-uses.ts';

/** The number of characters and elements from which values are large: far more than in a filter that a person writes. */
const large = 10_000;

/**
 * Checks the values of variables before they are coerced, which recurses into them, and takes the prototypes from input objects.
 * Large values are also rejected at their first error, because executors list all errors, and repeat the values around each.
 *
 * @throws QueryTooComplexError
 * @throws GraphQLError if a large value is not of its type
 */
export function prepareVariables(given: AskedOperation, limits: Limits): void {
  // The variables are an object around the arguments.
  const size = new VariableSize(limits).of(given.variables, 0, 1);
  const isLarge = size > large;
  assertFewUses(given, size, limits);
  assertFewObjects(given, limits);
  for (const input of inputObjects(given)) withoutPrototypes(input);
  if (isLarge) assertTypes(given);
}

/** The maximum size of all arguments, with variables counted wherever they are used, as a multiple of the largest body. */
const mostRepeated = 8;

/** The characters that a value within a list or an object counts as, in addition to its own: it takes more memory than they do. */
const elementWeight = 16;

function weightOf(value: unknown): number {
  if (typeof value === 'string') return elementWeight + value.length;
  if (!isContainer(value)) return elementWeight;
  let weight = elementWeight;
  if (Array.isArray(value)) for (const inner of value) weight += weightOf(inner);
  else for (const name in value) weight += weightOf(value[name]);
  return weight;
}

/** A document of a few kilobytes can use a large variable a thousand times, and each use is read. */
function assertFewUses(
  { document, operation, variables }: AskedOperation,
  size: number,
  limits: Limits,
): void {
  const maximum = mostRepeated * limits.bodyBytes;
  const uses = variableUses(document, operation);
  if (elementWeight * size * uses.most <= maximum) return;
  let used = 0;
  for (const [name, count] of uses.byName) {
    if (Object.hasOwn(variables, name)) used += count * weightOf(variables[name]);
  }
  if (used <= maximum) return;
  const { flag } = limitSettings.bodyBytes;
  throw new QueryTooComplexError(
    `the arguments must have at most ${maximum} characters, ${elementWeight} for each element and with variables counted wherever they are used, but have more (${mostRepeated} × ${flag})`,
    { limit: flag.slice('--'.length), maximum },
  );
}

/** Coercion visits every field of its type for each object of a list, and tables can be wide. */
function assertFewObjects(given: AskedOperation, limits: Limits): void {
  for (const value of inputObjects(given)) {
    if (Array.isArray(value) && value.length > limits.filterSize) {
      throw exceeded(limits, 'filterSize', 'the request');
    }
  }
}

/** The values of variables that are objects, or lists of them, whose fields the schema knows. */
function* inputObjects({ schema, operation, variables }: AskedOperation): Generator<Container> {
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const value = Object.hasOwn(variables, variable.name.value) ? variables[variable.name.value] : undefined;
    if (isContainer(value) && isInputObjectType(getNamedType(typeFromAST(schema, type)))) yield value;
  }
}

/** Missing values and nulls are left to the executor. */
function assertTypes({ schema, operation, variables }: AskedOperation): void {
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

/** Objects and lists within each other, whatever the limits allow: the check recurses into them. */
const deepest = 1_000;

/** Counts what is in the values of variables. */
class VariableSize {
  readonly #limits: Limits;
  readonly #mostNesting: number;
  /** Objects within objects. */
  #innerObjects = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#mostNesting = Math.min(2 * limits.filterDepth + 1, deepest);
  }

  /**
   * The number of characters, fields and elements in an object or a list.
   *
   * @param objects the number of objects around its values, within the variables
   * @param nesting the number of objects and lists around its values
   * @throws QueryTooComplexError
   */
  of(container: Container, objects: number, nesting: number): number {
    const limits = this.#limits;
    if (objects > limits.filterDepth || nesting > this.#mostNesting) {
      throw exceeded(limits, 'filterDepth', 'a variable');
    }
    let size = 0;
    if (Array.isArray(container)) {
      if (container.length > limits.listSize) throw exceeded(limits, 'listSize', 'a variable');
      for (const value of container) size += this.#ofValue(value, objects, nesting);
    } else {
      if (objects > 1 && ++this.#innerObjects > limits.filterSize) {
        throw exceeded(limits, 'filterSize', 'the request');
      }
      for (const name in container) size += this.#ofValue(container[name], objects, nesting);
    }
    return size;
  }

  #ofValue(value: unknown, objects: number, nesting: number): number {
    if (typeof value === 'string') return value.length + 1;
    if (!isContainer(value)) return 1;
    return 1 + this.of(value, Array.isArray(value) ? objects : objects + 1, nesting + 1);
  }
}
