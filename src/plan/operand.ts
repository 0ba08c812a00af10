import { BadUserInputError } from '../errors.ts';
import { type ColumnType, nameOfType } from '../model/column-type.ts';
import { valueType } from '../values/registry.ts';
import type { Value } from '../values/value.ts';

/**
 * The value that an argument gives for a column of this type, or null.
 *
 * @throws BadUserInputError where it is no value of the type
 */
export function toOperand(type: ColumnType, argument: unknown, path: string): Value | null {
  if (argument === null || argument === undefined) return null;
  const text = type.kind === 'array' ? toArrayLiteral(asList(argument)) : toText(argument);
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
function toText(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  return typeof argument === 'number' || typeof argument === 'boolean' ? String(argument) : undefined;
}

function toArrayLiteral(elements: readonly unknown[]): string | undefined {
  const texts = elements.map((element) => (element === null ? 'NULL' : quote(toText(element))));
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
