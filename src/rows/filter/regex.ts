import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';
import { InvalidPatternError } from './filter.ts';

/** A compiled regular expression. */
export interface Regex {
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
  /** Instructions. */
  readonly size: number;
  /** How many texts of some kilobytes may be tested before other work gets its turn. */
  readonly largestBlock: number;
}

/** Characters that a regular expression may have: reading it takes milliseconds at most. */
const longestPattern = 1000;

/**
 * Instructions that a compiled regular expression may have. The time for a text is linear in its length times this:
 * with this many, a text of two kilobytes takes up to 50 ms.
 */
const largestProgram = 1000;

/**
 * Instructions up to which RE2's automaton with lazily built states is used. Each new state costs some microseconds
 * an instruction, and only small programs run out of new ones soon.
 */
const largestAutomaton = 50;

/** Rows times instructions that make a block. */
const blockWork = 1024;

/**
 * Compiles a regular expression of RE2. As in Postgres, a dot matches newlines too, and `^` and `$` the ends of
 * the text alone.
 *
 * @throws InvalidPatternError where it cannot be read or would be too costly
 */
export function compileRegex(pattern: string, ignoreCase: boolean): Regex {
  if (pattern.length > longestPattern) {
    throw new InvalidPatternError(
      `a regular expression may have at most ${longestPattern} characters; this one has ${pattern.length}`,
    );
  }
  const key = `${ignoreCase ? 'i' : 's'}${pattern}`;
  const known = remembered.get(key);
  if (known) return known;
  const created = create(pattern, ignoreCase);
  remembered.set(key, created);
  return created;
}

/** Instructions of all remembered expressions together: about 16 MB. */
const mostInstructions = 131_072;

/** Compiling takes up to some milliseconds, and the same expressions are asked for again and again. */
const remembered = new LRUCache<string, Regex>({
  maxSize: mostInstructions,
  sizeCalculation: ({ size }) => size,
});

function create(pattern: string, ignoreCase: boolean): Regex {
  const regex = compile(pattern, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
  const size = regex.programSize();
  if (size > largestProgram) {
    throw new InvalidPatternError(
      `a regular expression may compile to at most ${largestProgram} instructions; this one takes ${size}`,
    );
  }
  return {
    size,
    test: size <= largestAutomaton ? (text) => regex.test(text) : (text) => regex.matcher(text).find(),
    largestBlock: Math.max(1, Math.floor(blockWork / Math.max(size, 16))),
  };
}

function compile(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new InvalidPatternError(`not a regular expression of RE2: ${error.message}`);
  }
}
