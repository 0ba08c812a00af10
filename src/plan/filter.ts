import { BadUserInputError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { type MatchOperator, type Operator, operatorsOf } from '../model/operator.ts';
import { type Filter, InvalidPatternError } from '../rows/filter/filter.ts';
import { compileLike } from '../rows/filter/like.ts';
import { compileRegex } from '../rows/filter/regex.ts';
import { isPlainObject, type PlainObject } from '../values/plain-object.ts';
import { keyFilter } from './key.ts';
import { toOperand } from './operand.ts';

/** A filter as it arrives: plain data in the shape of the contract's filter inputs. */
export type FilterInput = PlainObject;

/**
 * Turns a filter input into a filter of the query engine; undefined where it asks nothing.
 *
 * As in pg_graphql, what is empty or null is ignored at every level, except that an operator's null is SQL's NULL.
 *
 * @param path where the input stands, such as `filter`, for the error
 * @throws BadUserInputError where the input breaks the contract
 */
export function toFilter(
  table: Table,
  input: FilterInput | null | undefined,
  path: string,
): Filter | undefined {
  return and(filtersOf(table, input ?? {}, path));
}

/** All of the filters; undefined where there are none. */
export function and(filters: readonly (Filter | undefined)[]): Filter | undefined {
  return combine('and', filters);
}

/** The key under which a filter input carries each combination, where no column has that name. */
const combinations: ReadonlySet<string> = new Set(['and', 'or', 'not']);

function filtersOf(table: Table, input: FilterInput, path: string): readonly (Filter | undefined)[] {
  return Object.entries(input).map(([key, value]) => {
    if (value === null || value === undefined) return undefined;
    const column = table.columns.find((candidate) => candidate.fieldName === key);
    if (column) return columnFilter(column, value, `${path}.${key}`);
    if (combinations.has(key)) return combination(table, key, value, `${path}.${key}`);
    if (key === 'nodeId' && table.key.length > 0) return nodeIdFilter(table, value, `${path}.nodeId`);
    throw new BadUserInputError(
      path,
      `${path} must name fields of ${table.typeName}, but got ${JSON.stringify(key)}`,
    );
  });
}

function combination(table: Table, key: string, value: unknown, path: string): Filter | undefined {
  if (key === 'not') {
    const filter = toFilter(table, asObject(value, path), path);
    return filter && { kind: 'not', filter };
  }
  if (!Array.isArray(value)) throw new BadUserInputError(path, `${path} must be a list of filters`);
  const filters = value.map((element: unknown, i) =>
    toFilter(table, asObject(element, `${path}.${i}`), `${path}.${i}`),
  );
  return combine(key === 'and' ? 'and' : 'or', filters);
}

function combine(kind: 'and' | 'or', filters: readonly (Filter | undefined)[]): Filter | undefined {
  const present = filters.filter((filter) => filter !== undefined);
  return present.length > 1 ? { kind, filters: present } : present[0];
}

function columnFilter(column: Column, value: unknown, path: string): Filter | undefined {
  const operators = operatorsOf(column.type);
  return and(
    Object.entries(asObject(value, path)).map(([name, operand]) => {
      const operator = operators.find((candidate) => candidate === name);
      if (!operator) {
        throw new BadUserInputError(
          path,
          `${path} must use the operators ${operators.join(', ')}, but got ${JSON.stringify(name)}`,
        );
      }
      return operand === undefined ? undefined : operatorFilter(column, operator, operand, `${path}.${name}`);
    }),
  );
}

function operatorFilter(
  column: Column,
  operator: Operator,
  operand: unknown,
  path: string,
): Filter | undefined {
  switch (operator) {
    case 'is':
      return { kind: 'isNull', column, negated: isNotNull(operand, path) };
    case 'in': {
      if (operand === null) return { kind: 'in', column, values: null };
      // GraphQL takes a single value for a list of one.
      const elements: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      const values = elements.map((element, i) => toOperand(column.type, element, `${path}.${i}`));
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
  throw new BadUserInputError(path, `${path} must be NULL or NOT_NULL, but got ${JSON.stringify(operand)}`);
}

function asPattern(operator: MatchOperator, operand: unknown, path: string): string | null {
  if (operand === null) return null;
  if (typeof operand === 'string' && operand.isWellFormed()) {
    assertPattern(operator, operand, path);
    return operand;
  }
  throw new BadUserInputError(
    path,
    `${path} must be a well-formed string, but got ${JSON.stringify(operand)}`,
  );
}

function assertPattern(operator: MatchOperator, pattern: string, path: string): void {
  try {
    if (operator === 'regex' || operator === 'iregex') compileRegex(pattern, operator === 'iregex');
    if (operator === 'like' || operator === 'ilike') compileLike(pattern, operator === 'ilike');
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
  throw new BadUserInputError(path, `${path} must be an object, but got ${JSON.stringify(value)}`);
}
