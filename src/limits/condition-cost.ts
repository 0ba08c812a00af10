import { isPlainObject } from '../values/plain-object.ts';

/** The cost of a condition without its operand: about as much work as finding a node. */
const each = 1;
/** The cost of a regular expression, which has to be compiled and is slow for each text. */
const eachRegex = 10;
/** The characters of a pattern, and of a regular expression, that cost one more. */
const patternCharacters = 64;
const regexCharacters = 8;
/** The elements of a list, and the characters of any other operand, that cost one more. */
const elements = 64;
const characters = 4096;

/**
 * The cost of compiling a filter, or of evaluating it for a page of rows, in the unit of a document's cost, which is finding one
 * node.
 *
 * @param input a filter input as it was sent, valid or not
 */
export function conditionCost(input: unknown): number {
  let cost = 0;
  // An explicit stack, because the input may have any depth.
  const pending: unknown[] = [input];
  while (pending.length > 0) {
    const filter = pending.pop();
    if (Array.isArray(filter)) {
      for (const part of filter) pending.push(part);
    } else if (isPlainObject(filter)) {
      for (const [key, value] of Object.entries(filter)) {
        if (isNested(value)) pending.push(value);
        else cost += operandCost(key, value);
      }
    }
  }
  return cost;
}

/** Whether the value of a key is a filter, or a list of filters, rather than the operand of an operator. */
function isNested(value: unknown): boolean {
  return isPlainObject(value) || (Array.isArray(value) && value.some(isPlainObject));
}

function operandCost(operator: string, operand: unknown): number {
  if (Array.isArray(operand)) {
    const texts = operand.reduce((sum: number, element) => sum + lengthOf(element), 0);
    return each + Math.floor(operand.length / elements) + Math.floor(texts / characters);
  }
  const length = lengthOf(operand);
  switch (operator) {
    case 'regex':
    case 'iregex':
      return eachRegex + Math.floor(length / regexCharacters);
    case 'like':
    case 'ilike':
    case 'startsWith':
      return each + Math.floor(length / patternCharacters);
    default:
      return each + Math.floor(length / characters);
  }
}

function lengthOf(operand: unknown): number {
  return typeof operand === 'string' ? operand.length : 0;
}
