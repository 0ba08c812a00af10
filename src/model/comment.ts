import { isPlainObject, type PlainObject } from '../values/plain-object.ts';
import { endOfString, outlineOf } from './json-outline.ts';
import { mentionsPolicies, type NearDirective, nearDirective } from './near-directive.ts';

/** A comment, split into its prose and the settings of its `@graphql({…})` directive. */
export interface Comment {
  readonly prose: string | undefined;
  /** Empty if there is no directive, or one that cannot be parsed. */
  readonly settings: Settings;
  /** What is wrong with a directive, or something resembling one, in the comment; undefined if nothing is. */
  readonly fault: CommentFault | undefined;
}

/** The JSON object in a directive's parentheses. */
export type Settings = PlainObject;

/** Why a comment may not mean what its author intended. */
export interface CommentFault {
  readonly reason: string;
  readonly hint: string;
  /** Whether the faulty part may have been meant as policies. */
  readonly mayMeanPolicies: boolean;
}

const opening = '@graphql(';
/** The most brackets within brackets of a directive: enough for the deepest policy that may be, with a list at each level. */
const deepestNesting = 72;

const rightSpelling = 'write it as @graphql({"key": value}), once in the comment';

/**
 * Splits a comment.
 *
 * @param knownKeys the keys of all directives, by which something that resembles a directive is recognised
 */
export function parseComment(comment: string | undefined, knownKeys: ReadonlySet<string>): Comment {
  const text = comment ?? '';
  const start = text.indexOf(opening);
  if (start < 0) {
    const near = nearDirective(text, knownKeys);
    return {
      prose: trimmed(text),
      settings: {},
      fault:
        near === undefined
          ? undefined
          : faulty(`its comment contains something that resembles a directive: ${near.found}`, text, near),
    };
  }
  const end = endOfDirective(text, start + opening.length);
  if (end === undefined) {
    return {
      prose: trimmed(text.slice(0, start)),
      settings: {},
      fault: faulty('the @graphql directive is malformed: its parenthesis is not closed', text),
    };
  }
  const json = text.slice(start + opening.length, end);
  const outline = outlineOf(json);
  if (outline.nesting > deepestNesting) {
    return {
      prose: undefined,
      settings: {},
      fault: {
        reason: `the @graphql directive is nested too deeply: it has more than ${deepestNesting} brackets within brackets`,
        hint: rightSpelling,
        // Nothing in it is read.
        mayMeanPolicies: true,
      },
    };
  }
  const rest = `${text.slice(0, start)}${text.slice(end + 1)}`;
  const settings = parseObject(json);
  if (!settings) {
    return {
      prose: trimmed(rest),
      settings: {},
      fault: faulty(
        'the @graphql directive is malformed: its parentheses do not contain a JSON object',
        text,
      ),
    };
  }
  if (outline.keys > keysOf(settings)) {
    return {
      prose: trimmed(rest),
      settings,
      fault: faulty(
        'the @graphql directive has a key twice in one object, of which only the last counts',
        text,
      ),
    };
  }
  const second = rest.includes(opening)
    ? { found: opening, mayMeanPolicies: false }
    : nearDirective(rest, knownKeys);
  return {
    prose: trimmed(rest),
    settings,
    fault:
      second === undefined
        ? undefined
        : faulty(
            `its comment contains more than one directive, or something that resembles one: ${second.found}`,
            text,
            second,
          ),
  };
}

function faulty(reason: string, text: string, near?: NearDirective): CommentFault {
  return {
    reason,
    hint: rightSpelling,
    mayMeanPolicies: near?.mayMeanPolicies || mentionsPolicies(text),
  };
}

/** The index of the parenthesis that closes the directive, ignoring those in JSON strings. */
function endOfDirective(text: string, from: number): number | undefined {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '"') i = endOfString(text, i + 1);
    else if (text[i] === ')') return i;
  }
  return undefined;
}

function trimmed(text: string): string | undefined {
  return text.trim() || undefined;
}

function parseObject(json: string): Settings | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The number of keys in a value of JSON. */
function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: readonly unknown[] = Object.values(value);
  return inner.reduce<number>((total, each) => total + keysOf(each), Array.isArray(value) ? 0 : inner.length);
}
