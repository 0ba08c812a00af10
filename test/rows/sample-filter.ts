import fc from 'fast-check';
import { operatorsOf } from '../../src/model/operator.ts';
import type { Filter } from '../../src/rows/filter/filter.ts';
import { valueType } from '../../src/values/type/registry.ts';
import type { Value } from '../../src/values/value.ts';
import { type SampleColumn, sampleColumns } from './sample-table.ts';

/** A filter in words of its own, from which both the engine's filter and SQL are made. */
export type SampleFilter =
  | { readonly and: readonly SampleFilter[] }
  | { readonly or: readonly SampleFilter[] }
  | { readonly not: SampleFilter }
  | { readonly column: string; readonly operator: string; readonly operand: string | null }
  | {
      readonly column: string;
      readonly operator: 'in';
      readonly operands: readonly (string | null)[] | null;
    };

const patterns = {
  like: fc.oneof(
    fc.constantFrom(
      '%',
      '',
      '_',
      'a%',
      '%a%',
      '%é',
      'A_b',
      '%\\%%',
      '%_%_%',
      '\\a',
      '%b%a%',
      '_é%',
      '%\n',
      '😀',
      '__',
    ),
    fc.string({ unit: fc.constantFrom('a', 'A', 'b', '%', '_', 'é', '\\a', '\\%', ' '), maxLength: 5 }),
  ),
  regex: fc.constantFrom(
    'a',
    '^a',
    'b$',
    '.',
    '^.$',
    'a|b',
    '[ab]+',
    'a.*b',
    '^$',
    'A',
    '(a)(b)?',
    '\\.',
    'a{2}',
    '^[^a]*$',
  ),
  startsWith: fc.constantFrom('', 'a', 'A', 'é', 'a ', '%', 'ab'),
};

function operandOf(column: SampleColumn, operator: string): fc.Arbitrary<string> {
  if (operator === 'like' || operator === 'ilike') return patterns.like;
  if (operator === 'regex' || operator === 'iregex') return patterns.regex;
  if (operator === 'startsWith') return fc.oneof(patterns.startsWith, column.texts);
  return column.texts;
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 15, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });

const comparison: fc.Arbitrary<SampleFilter> = fc.constantFrom(...sampleColumns).chain((column) =>
  fc.constantFrom(...operatorsOf(column.type)).chain((operator): fc.Arbitrary<SampleFilter> => {
    const { name } = column;
    if (operator === 'is') {
      return fc.constantFrom('NULL', 'NOT_NULL').map((operand) => ({ column: name, operator, operand }));
    }
    if (operator === 'in') {
      const operands = fc.array(orNull(column.texts), { maxLength: 4 });
      return orNull(operands).map((texts) => ({ column: name, operator, operands: texts }));
    }
    return orNull(operandOf(column, operator)).map((operand) => ({ column: name, operator, operand }));
  }),
);

/** Filters of every operator and type, nested. */
export const sampleFilters: fc.Arbitrary<SampleFilter> = fc.letrec<{ filter: SampleFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: comparison },
    { weight: 1, arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })) },
    { weight: 1, arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })) },
    { weight: 1, arbitrary: tie('filter').map((not) => ({ not })) },
  ),
})).filter;

/** The filter as the engine takes it. */
export function toEngine(filter: SampleFilter): Filter {
  if ('and' in filter) return { kind: 'and', filters: filter.and.map(toEngine) };
  if ('or' in filter) return { kind: 'or', filters: filter.or.map(toEngine) };
  if ('not' in filter) return { kind: 'not', filter: toEngine(filter.not) };
  const column = columnNamed(filter.column);
  if ('operands' in filter) {
    const values = filter.operands?.map((text) => toValue(column, text)) ?? null;
    return { kind: 'in', column, values };
  }
  const { operator, operand } = filter;
  switch (operator) {
    case 'is':
      return { kind: 'isNull', column, negated: operand === 'NOT_NULL' };
    case 'like':
    case 'ilike':
    case 'startsWith':
    case 'regex':
    case 'iregex':
      return { kind: 'match', column, operator, pattern: operand };
    case 'contains':
    case 'containedBy':
    case 'overlaps':
      return { kind: 'list', column, operator, value: toValue(column, operand) };
    case 'eq':
    case 'neq':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { kind: 'compare', column, operator, value: toValue(column, operand) };
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}

const sqlOperators: Readonly<Record<string, string>> = {
  ...{ eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' },
  ...{ like: 'like', ilike: 'ilike', startsWith: '^@', regex: '~', iregex: '~*' },
  ...{ contains: '@>', containedBy: '<@', overlaps: '&&' },
};

/** The filter as SQL. */
export function toSql(filter: SampleFilter): string {
  if ('and' in filter) return `(${filter.and.map(toSql).join(' and ')})`;
  if ('or' in filter) return `(${filter.or.map(toSql).join(' or ')})`;
  if ('not' in filter) return `(not ${toSql(filter.not)})`;
  const { sqlType, name } = columnNamed(filter.column);
  if ('operands' in filter) {
    const { operands } = filter;
    const list = operands ? `array[${operands.map((text) => literal(text)).join(', ')}]` : 'null';
    return `(${name} = any (${list}::${sqlType}[]))`;
  }
  const { operator, operand } = filter;
  if (operator === 'is') return `(${name} is ${operand === 'NULL' ? 'null' : 'not null'})`;
  const isPattern = ['like', 'ilike', 'startsWith', 'regex', 'iregex'].includes(operator);
  return `(${name} ${sqlOperators[operator]} ${literal(operand)}::${isPattern ? 'text' : sqlType})`;
}

/** A text as SQL writes it. */
export function literal(text: string | null): string {
  if (text === null) return 'null';
  return `E'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** The sample table's column of that name. */
export function columnNamed(name: string): SampleColumn {
  const column = sampleColumns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`no such column: ${name}`);
  return column;
}

/** A text as a value of a column's type. */
export function toValue({ type }: SampleColumn, text: string | null): Value | null {
  return text === null ? null : (valueType(type).parse(text) ?? null);
}
