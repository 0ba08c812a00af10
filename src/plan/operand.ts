import { BadUserInputError } from '../errors.ts';
import { type ColumnType, type ElementType, type EnumType, nameOfType } from '../model/column-type.ts';
import { valueType } from '../values/registry.ts';
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
  const value = text?.isWellFormed() ? valueType(type).parse(text) : undefined;
  if (value !== undefined) return value;
  throw new BadUserInputError(
    path,
    `${path} must be a value of type ${nameOfType(type)}, but got ${shorten(JSON.stringify(argument))}`,
  );
}

/** GraphQL takes a single value for a list of one. */
function asList(argument: unknown): readonly unknown[] {
  return Array.isArray(argument) ? argument : [argument];
}

/** The argument as Postgres' input functions read it. */
function toText(type: ElementType, argument: unknown): string | undefined {
  if (type.kind === 'enum' && typeof argument === 'string') return labelOf(type, argument);
  if (typeof argument === 'string') return argument;
  return typeof argument === 'number' || typeof argument === 'boolean' ? String(argument) : undefined;
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

function shorten(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
