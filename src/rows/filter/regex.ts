import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';
import type { CacheSize } from '../../cache-size.ts';
import { InvalidPatternError } from './filter.ts';

/** A compiled regular expression. */
export interface Regex {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The number of instructions it compiled to. */
  readonly size: number;
  /** How many texts of a few kilobytes may be tested before other work gets its turn. */
  readonly largestBlock: number;
}

/** The most characters of a regular expression, so that parsing takes milliseconds at most. */
const longestPattern = 1000;

/**
 * The most instructions of a compiled regular expression. Matching takes time proportional to the text's length times
 * this: up to 50 ms for a text of two kilobytes.
 */
const largestProgram = 1000;

/**
 * The most instructions for which RE2's lazily built DFA is used. Building a state costs some microseconds per
 * instruction, and only small programs soon stop needing new ones.
 */
const largestAutomaton = 50;

/** Rows per block times instructions. */
const blockWork = 1024;

/**
 * Compiles an RE2 regular expression. As in Postgres, a dot also matches newlines, and `^` and `$` match only at the
 * ends of the text.
 *
 * @throws InvalidPatternError if it cannot be read or would be too costly
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

/** The most instructions of all cached expressions together: about 6 MB. */
const mostInstructions = 32_768;
const bytesPerInstruction = 200;

/** Compiling takes up to a few milliseconds, and clients send the same expressions again and again. */
const remembered = new LRUCache<string, Regex>({
  maxSize: mostInstructions,
  sizeCalculation: ({ size }) => size,
});

/** The number and size of the cached expressions. */
export function rememberedExpressions(): CacheSize {
  return { entries: remembered.size, bytes: bytesPerInstruction * remembered.calculatedSize };
}

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
