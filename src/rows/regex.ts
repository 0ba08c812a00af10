import { RE2JS, RE2JSException } from 're2js';
import { InvalidPatternError } from './filter.ts';

/** Characters that a regular expression may have. */
const longestPattern = 4096;

/**
 * Instructions that a compiled regular expression may have. Time is linear in the text's length times this, so it
 * bounds what one text can cost.
 */
const largestProgram = 10_000;

/**
 * Compiles a regular expression of RE2. As in Postgres, a dot matches newlines too, and `^` and `$` the ends of
 * the text alone.
 *
 * @throws InvalidPatternError where it cannot be read or would be too costly
 */
export function compileRegex(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  if (pattern.length > longestPattern) {
    throw new InvalidPatternError(
      `a regular expression must have at most ${longestPattern} characters, but got ${pattern.length}`,
    );
  }
  const regex = compile(pattern, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
  const size = regex.programSize();
  if (size > largestProgram) {
    throw new InvalidPatternError(
      `a regular expression must have at most ${largestProgram} instructions, but this one has ${size}`,
    );
  }
  return (text) => regex.test(text);
}

function compile(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new InvalidPatternError(`a regular expression must be one of RE2, but: ${error.message}`);
  }
}
