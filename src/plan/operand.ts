import { BadUserInputError } from '../errors.ts';
import {
  type ColumnType,
  type ElementType,
  type EnumType,
  nameOfType,
  undeclared,
} from '../model/column-type.ts';
import { valueType } from '../values/type/registry.ts';
import type { Value } from '../values/value.ts';
import { shown } from '../wording.ts';

/**
 * An argument as a value of the column's type, or null.
 *
 * @throws BadUserInputError if it is not a value of the type
 */
export function toOperand(type: ColumnType, argument: unknown, path: string): Value | null {
  const value = tryOperand(type, argument);
  if (value !== undefined) return value;
  throw new BadUserInputError(path, `${path}: ${shown(argument)} is not a valid ${nameOfType(type)}`);
}

/** The same; undefined if the argument is not a value of the type. */
export function tryOperand(type: ColumnType, argument: unknown): Value | null | undefined {
  if (argument === null || argument === undefined) return null;
  const text =
    type.kind === 'array' ? toArrayLiteral(type.element, asList(argument)) : toText(type, argument);
  return text?.isWellFormed() ? valueType(undeclared(type)).parse(text) : undefined;
}

/** GraphQL coerces a single value to a list of one. */
function asList(argument: unknown): readonly unknown[] {
  return Array.isArray(argument) ? argument : [argument];
}

/** The argument as text for Postgres' input function; undefined if it cannot be a value of the type. */
function toText(type: ElementType, argument: unknown): string | undefined {
  if (typeof argument === 'string') {
    if (type.kind === 'enum') return labelOf(type, argument);
    return argument.length <= longestText || isTextual(type) ? argument : undefined;
  }
  return typeof argument === 'number' || typeof argument === 'boolean' ? String(argument) : undefined;
}

/**
 * The most characters of an operand that is not text: far more than any number or date needs, and few enough that
 * arithmetic on it is fast.
 */
export const longestText = 4096;

function isTextual({ kind }: ElementType): boolean {
  return kind === 'text' || kind === 'citext' || kind === 'bpchar' || kind === 'opaque';
}

/** Arguments hold the GraphQL names of enum values; claims of tokens may hold their labels. */
function labelOf({ labels, valueNames }: EnumType, name: string): string {
  return labels[valueNames.indexOf(name)] ?? name;
}

function toArrayLiteral(type: ElementType, elements: readonly unknown[]): string | undefined {
  const texts = elements.map((element) => (element === null ? 'NULL' : quote(toText(type, element))));
  return texts.every((text) => text !== undefined) ? `{${texts.join(',')}}` : undefined;
}

function quote(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
