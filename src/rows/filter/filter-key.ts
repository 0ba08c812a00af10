import { createHash } from 'node:crypto';
import type { Pace } from '../../columns/pace.ts';
import { Decimal } from '../../values/number/decimal.ts';
import type { Value } from '../../values/value.ts';
import { columnKey } from '../store/view.ts';
import type { Filter } from './filter.ts';

/** A key that two filters share only if they match the same rows of any store. */
export async function filterKey(filter: Filter, pace: Pace): Promise<string> {
  const known = keys.get(filter);
  if (known !== undefined) return known;
  const key = shorten(await write(filter, pace));
  keys.set(filter, key);
  if (pace.due) await pace.pause();
  return key;
}

const keys = new WeakMap<Filter, string>();

async function write(filter: Filter, pace: Pace): Promise<string> {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const parts: string[] = [];
      for (const part of filter.filters) parts.push(await filterKey(part, pace));
      return `${filter.kind}(${parts.join(',')})`;
    }
    case 'not':
      return `not(${await filterKey(filter.filter, pace)})`;
    case 'personal':
      return filterKey(filter.filter, pace);
    case 'isNull':
      return `${filter.negated ? 'notNull' : 'null'} ${columnKey(filter.column)}`;
    case 'compare':
    case 'list':
      return `${filter.operator} ${columnKey(filter.column)} ${writeValue(filter.value)}`;
    case 'in':
      return `in ${columnKey(filter.column)} ${writeValue(filter.values)}`;
    case 'match':
      return `${filter.operator} ${columnKey(filter.column)} ${JSON.stringify(filter.pattern)}`;
  }
}

/** Different texts for values that differ; equal values may have different texts, too. */
function writeValue(value: Value | null): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Decimal) return `${value.coefficient}e${value.exponent}`;
  return value !== null && typeof value === 'object' ? `[${value.map(writeValue).join(',')}]` : String(value);
}

/** Longer keys are replaced by their hash. */
const longest = 512;

function shorten(text: string): string {
  return text.length <= longest ? text : `#${createHash('sha256').update(text).digest('base64url')}`;
}
