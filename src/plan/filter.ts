import { type Pace, type Steps, takeAllSteps, takeSteps } from '../columns/pace.ts';
import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { type MatchOperator, type Operator, operatorsOf } from '../model/operator.ts';
import { type Filter, InvalidPatternError } from '../rows/filter/filter.ts';
import { compileLike, compilePrefix } from '../rows/filter/like.ts';
import { compileRegex } from '../rows/filter/regex.ts';
import { isPlainObject, type PlainObject } from '../values/plain-object.ts';
import { shown } from '../wording.ts';
import { keyFilter } from './key.ts';
import { toOperand } from './operand.ts';

/** A filter as clients send it: plain data in the shape of the schema's filter inputs. */
export type FilterInput = PlainObject;

/**
 * Turns a filter input into a filter of the query engine; undefined if it contains no condition.
 *
 * As in pg_graphql, empty objects and nulls are ignored at every level, except that an operator's null is SQL's NULL.
 *
 * @param path the path of the input in the arguments, such as `filter`, for errors
 * @param pace of the request: lists may be long, and patterns take time to parse
 * @throws BadUserInputError if the input breaks the contract
 */
export async function planFilter(
  table: Table,
  input: FilterInput | null | undefined,
  path: string,
  pace: Pace,
): Promise<Filter | undefined> {
  return takeSteps(readFilter(table, input ?? {}, path), pace);
}

/** The same without pauses, for an input that is known to be small. */
export function toFilter(table: Table, input: FilterInput, path: string): Filter | undefined {
  return takeAllSteps(readFilter(table, input, path));
}

/** The conjunction of the filters; undefined if there are none. */
export function and(filters: readonly (Filter | undefined)[]): Filter | undefined {
  return combine('and', filters);
}

/** The keys that combine filters, unless a column has that name. */
const combinations: ReadonlySet<string> = new Set(['and', 'or', 'not']);

function* readFilter(table: Table, input: FilterInput, path: string): Steps<Filter | undefined> {
  const filters: (Filter | undefined)[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (value !== null && value !== undefined) filters.push(yield* readEntry(table, key, value, path));
  }
  return and(filters);
}

function* readEntry(table: Table, key: string, value: unknown, path: string): Steps<Filter | undefined> {
  const ownPath = `${path}.${key}`;
  const column = table.columns.find((candidate) => candidate.fieldName === key);
  if (column) return yield* readConditions(column, asObject(value, ownPath), ownPath);
  if (combinations.has(key)) return yield* readCombination(table, key, value, ownPath);
  if (key === 'nodeId' && table.key.length > 0) return nodeIdFilter(table, value, ownPath);
  throw new BadUserInputError(path, `${path}: ${table.typeName} has no field ${shown(key)}`);
}

function* readCombination(
  table: Table,
  key: string,
  value: unknown,
  path: string,
): Steps<Filter | undefined> {
  if (key === 'not') {
    const filter = yield* readFilter(table, asObject(value, path), path);
    return filter && { kind: 'not', filter };
  }
  if (!Array.isArray(value)) throw new BadUserInputError(path, `${path} must be a list of filters`);
  const elements: readonly unknown[] = value;
  const filters: (Filter | undefined)[] = [];
  for (const [i, element] of elements.entries()) {
    filters.push(yield* readFilter(table, asObject(element, `${path}.${i}`), `${path}.${i}`));
  }
  return combine(key === 'and' ? 'and' : 'or', filters);
}

function combine(kind: 'and' | 'or', filters: readonly (Filter | undefined)[]): Filter | undefined {
  const present = filters.filter((filter) => filter !== undefined);
  return present.length > 1 ? { kind, filters: present } : present[0];
}

function* readConditions(column: Column, conditions: FilterInput, path: string): Steps<Filter | undefined> {
  const operators = operatorsOf(column.type);
  const filters: (Filter | undefined)[] = [];
  for (const [name, operand] of Object.entries(conditions)) {
    const operator = operators.find((candidate) => candidate === name);
    if (!operator) {
      throw new BadUserInputError(
        path,
        `${path} has no operator ${shown(name)}; its operators are ${operators.join(', ')}`,
      );
    }
    if (operand !== undefined)
      filters.push(yield* readCondition(column, operator, operand, `${path}.${name}`));
    yield;
  }
  return and(filters);
}

function* readCondition(
  column: Column,
  operator: Operator,
  operand: unknown,
  path: string,
): Steps<Filter | undefined> {
  switch (operator) {
    case 'is':
      return { kind: 'isNull', column, negated: isNotNull(operand, path) };
    case 'in': {
      if (operand === null) return { kind: 'in', column, values: null };
      // GraphQL coerces a single value to a list of one.
      const elements: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      const values: ReturnType<typeof toOperand>[] = [];
      for (const [i, element] of elements.entries()) {
        values.push(toOperand(column.type, element, `${path}.${i}`));
        yield;
      }
      return { kind: 'in', column, values };
    }
    case 'like':
    case 'ilike':
    case 'startsWith':
    case 'regex':
    case 'iregex':
      return { kind: 'match', column, operator, pattern: asPattern(operator, operand, path) };
    case 'contains':
    case 'containedBy':
    case 'overlaps':
      return { kind: 'list', column, operator, value: toOperand(column.type, operand, path) };
    default:
      return { kind: 'compare', column, operator, value: toOperand(column.type, operand, path) };
  }
}

function isNotNull(operand: unknown, path: string): boolean {
  if (operand === 'NULL') return false;
  if (operand === 'NOT_NULL') return true;
  throw new BadUserInputError(path, `${path} must be NULL or NOT_NULL, but got ${shown(operand)}`);
}

function asPattern(operator: MatchOperator, operand: unknown, path: string): string | null {
  if (operand === null) return null;
  if (typeof operand === 'string' && operand.isWellFormed()) {
    assertPattern(operator, operand, path);
    return operand;
  }
  throw new BadUserInputError(path, `${path}: ${shown(operand)} is not a well-formed string`);
}

function assertPattern(operator: MatchOperator, pattern: string, path: string): void {
  try {
    switch (operator) {
      case 'regex':
      case 'iregex':
        compileRegex(pattern, operator === 'iregex');
        break;
      case 'like':
      case 'ilike':
        compileLike(pattern, operator === 'ilike');
        break;
      case 'startsWith':
        compilePrefix(pattern);
    }
  } catch (error) {
    if (error instanceof InvalidPatternError) throw new BadUserInputError(path, `${path}: ${error.message}`);
    throw error;
  }
}

function nodeIdFilter(table: Table, value: unknown, path: string): Filter | undefined {
  const { eq } = asObject(value, path);
  return eq === undefined ? undefined : keyFilter(table, eq, `${path}.eq`);
}

function asObject(value: unknown, path: string): FilterInput {
  if (isPlainObject(value)) return value;
  throw new BadUserInputError(path, `${path} must be an object, but got ${shown(value)}`);
}
