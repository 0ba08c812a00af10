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

/**
 * The value that an argument gives for a column of this type, or null.
 *
 * @throws BadUserInputError where it is no value of the type
 */
export function toOperand(type: ColumnType, argument: unknown, path: string): Value | null {
  if (argument === null || argument === undefined) return null;
  const text =
    type.kind === 'array' ? toArrayLiteral(type.element, asList(argument)) : toText(type, argument);
  const value = text?.isWellFormed() ? valueType(undeclared(type)).parse(text) : undefined;
  if (value !== undefined) return value;
  throw new BadUserInputError(path, `${path}: ${describe(argument)} is not a valid ${nameOfType(type)}`);
}

/** GraphQL takes a single value for a list of one. */
function asList(argument: unknown): readonly unknown[] {
  return Array.isArray(argument) ? argument : [argument];
}

/** The argument as Postgres' input functions read it; undefined where it is none. */
function toText(type: ElementType, argument: unknown): string | undefined {
  if (typeof argument === 'string') {
    if (type.kind === 'enum') return labelOf(type, argument);
    return argument.length <= longestText || isTextual(type) ? argument : undefined;
  }
  return typeof argument === 'number' || typeof argument === 'boolean' ? String(argument) : undefined;
}

/**
 * Characters that an operand may have unless it is text: far more than numbers and dates are written with, and few
 * enough that arithmetic on them takes no time.
 */
const longestText = 4096;

function isTextual({ kind }: ElementType): boolean {
  return kind === 'text' || kind === 'citext' || kind === 'bpchar' || kind === 'opaque';
}

/** Arguments name the values of enums as GraphQL does; claims of tokens may name their labels. */
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

/** Characters of a refused argument that an error repeats. */
const shownLength = 100;

/** A refused argument, as an error shows it. */
export function describe(argument: unknown): string {
  const text = JSON.stringify(argument) ?? 'nothing';
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
