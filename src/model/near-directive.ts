import { folded } from './folded-text.ts';
import { nearestSpelling } from './spelling.ts';

/** A part of a text that resembles a directive but is not one. */
export interface NearDirective {
  /** Its beginning, as plain text. */
  readonly found: string;
  /** Whether it may have been meant as policies by itself. */
  readonly mayMeanPolicies: boolean;
}

/**
 * The first part of a text that resembles a directive; undefined if there is none. That is
 *
 * - something like the word `@graphql`, or `graphql` before a brace;
 * - an at sign and policies, or a word that cannot be read, before a bracket, or any word before `({`;
 * - policies, or what they consist of, with keys below them;
 * - one of the known keys, in quotes and in its place in JSON.
 *
 * Anything else is prose, including prose about policies. One pass over the text, without recursion.
 */
export function nearDirective(text: string, knownKeys: ReadonlySet<string>): NearDirective | undefined {
  const finder = new Finder(knownKeys);
  let end = 0;
  for (const match of folded(text).matchAll(token)) {
    const found = finder.read(match[0], match.index === end);
    if (found) return found;
    end = match.index + match[0].length;
  }
  return undefined;
}

/** Whether a word of the text may have been meant as `policies`, or as something that only policies contain. */
export function mentionsPolicies(text: string): boolean {
  const plain = folded(text);
  for (const [word] of plain.matchAll(/[\p{L}_]+/gu)) if (resemblesPolicies(word)) return true;
  for (const [, quoted = ''] of plain.matchAll(/"([^"]{1,40})(?=")/g))
    if (resemblesPolicies(quoted)) return true;
  return false;
}

/** Whether a key may have been meant as `policies`, or as the filter or claim of a policy. */
export function resemblesPolicies(key: string): boolean {
  return (
    /polic|permission|security|\brls\b/.test(folded(key)) ||
    nearestSpelling(key, ['policies', 'policy', 'filter', 'claim']) !== undefined
  );
}

/** A word, a quote or several, the edge of a comment, a bracket, a separator of key and value, or anything else. */
const token =
  /\d+(?::\d+)+|[\p{L}\p{N}_]+(?:-[\p{L}\p{N}_]+)*|"+|\/\*|\*\/|:\/\/|[:=]+>?|->|[.;!?](?=\s|$)|\S/gu;

interface Word {
  readonly text: string;
  readonly hasAt: boolean;
  /** The token before it, quotes aside. */
  readonly before: string;
}

class Finder {
  readonly #knownKeys: ReadonlySet<string>;
  readonly #brackets: string[] = [];
  /** The last token that is neither a quote nor in a comment; a word is `a`. */
  #last = '';
  #word: Word = { text: '', hasAt: false, before: '' };
  #followsQuote = false;
  #inComment = false;
  /** Where the last bracket is: what a brace in it makes a directive. */
  #parenthesis: 'after the word' | 'after another' | undefined;
  /** Policies that were named: before or after the separator or bracket that follows the name. */
  #policies: { readonly stage: 'named' | 'opened'; readonly level: number; words: number } | undefined;

  constructor(knownKeys: ReadonlySet<string>) {
    this.#knownKeys = knownKeys;
  }

  /** @param glued whether nothing is between the token and the one before it */
  read(text: string, glued: boolean): NearDirective | undefined {
    if (text.startsWith('"')) {
      this.#followsQuote = true;
      return undefined;
    }
    const found = this.#readPlain(text, glued);
    this.#followsQuote = false;
    return found;
  }

  #readPlain(text: string, glued: boolean): NearDirective | undefined {
    if (text === '/*' || text === '*/') {
      this.#inComment = text === '/*';
      return undefined;
    }
    if (/^[\p{L}\p{N}_]/u.test(text)) return this.#readWord(text, glued);
    if ('({['.includes(text)) return this.#open(text);
    if (')}]'.includes(text)) return this.#close();
    if (/^(?:[:=]+>?|->)$/.test(text)) return this.#separate();
    if (/^[.,;!?]$/.test(text) && this.#brackets.length <= (this.#policies?.level ?? 0))
      this.#policies = undefined;
    // The at sign of an address is none of a directive.
    this.#follow(text === '@' && glued && this.#last === 'a' ? 'of an address' : text);
    return undefined;
  }

  #follow(text: string): void {
    if (!this.#inComment) this.#last = text;
  }

  #readWord(text: string, glued: boolean): NearDirective | undefined {
    const hasAt = this.#last === '@';
    if (hasAt && glued && resemblesWord(text)) return near(`@${text}`);
    const before = this.#last;
    const joined = before === 'a' && !hasAt ? this.#word.text + text : text;
    this.#word =
      joined !== text && resemblesWord(joined) ? { ...this.#word, text: joined } : { text, hasAt, before };
    if (resemblesPolicies(text)) {
      if (this.#policies?.stage !== 'opened') {
        this.#policies = { stage: 'named', level: this.#brackets.length, words: 0 };
      }
    } else if (this.#policies?.stage === 'named' && !this.#inComment && ++this.#policies.words > 3) {
      this.#policies = undefined;
    }
    this.#follow('a');
    return undefined;
  }

  #open(bracket: string): NearDirective | undefined {
    const { text, hasAt } = this.#word;
    const followsWord = this.#last === 'a';
    const isNamed = followsWord && resemblesWord(text);
    const shown = `${hasAt ? '@' : ''}${text}`;
    if (isNamed && (hasAt || bracket !== '(')) return near(`${shown}${bracket}`);
    if (
      followsWord &&
      hasAt &&
      (resemblesPolicies(text) || (bracket !== '(' && /[^\p{ASCII}]/u.test(text)))
    ) {
      return near(`${shown}${bracket}`, true);
    }
    if (this.#parenthesis && this.#last === '(' && bracket !== '(') {
      return near(`${shown}(${bracket}`, this.#parenthesis === 'after another');
    }
    if (this.#policies?.stage === 'opened' && bracket !== '[' && followsWord && isPartOfPolicies(text))
      return this.#foundPolicies();
    this.#parenthesis = isNamed ? 'after the word' : followsWord && hasAt ? 'after another' : undefined;
    this.#enterPolicies();
    this.#brackets.push(bracket);
    this.#follow(bracket);
    return undefined;
  }

  #close(): NearDirective | undefined {
    if (this.#policies?.stage === 'opened' && '{['.includes(this.#last)) return this.#foundPolicies();
    this.#brackets.pop();
    if (this.#policies && this.#brackets.length < this.#policies.level) this.#policies = undefined;
    this.#follow(')');
    return undefined;
  }

  #separate(): NearDirective | undefined {
    const isQuotedKey = this.#followsQuote && this.#last === 'a';
    if (this.#policies?.stage === 'opened' && (isQuotedKey || this.#isBelowPolicies(this.#policies.level))) {
      return this.#foundPolicies();
    }
    const { text, before } = this.#word;
    if (isQuotedKey && this.#brackets.length > 1 && isPartOfPolicies(text)) return this.#foundPolicies();
    if (isQuotedKey && (before === '{' || before === ',') && nearestSpelling(text, this.#knownKeys)) {
      return near(`{"${text}": …}`);
    }
    this.#enterPolicies();
    this.#follow(':');
    return undefined;
  }

  #enterPolicies(): void {
    if (this.#policies?.stage !== 'named') return;
    this.#policies = { stage: 'opened', level: this.#brackets.length, words: 0 };
  }

  /** Whether a key here can only belong to policies. `policies (see: …)` is prose. */
  #isBelowPolicies(level: number): boolean {
    const { text } = this.#word;
    return (
      (this.#brackets.length > level && this.#brackets.at(-1) === '{') ||
      this.#brackets.length > level + 1 ||
      isPartOfPolicies(text)
    );
  }

  #foundPolicies(): NearDirective {
    return near(`policies with keys below them, near "${this.#word.text}"`, true);
  }
}

function near(found: string, mayMeanPolicies = false): NearDirective {
  return { found: found.slice(0, 80), mayMeanPolicies };
}

/** Whether a word may stand for what only policies contain, in this or another language. */
function isPartOfPolicies(word: string): boolean {
  return word === 'where' || word === 'using' || nearestSpelling(word, ['filter', 'claim']) !== undefined;
}

/** Whether a word may have been meant as `graphql`. */
function resemblesWord(word: string): boolean {
  return word.includes('graphql') || word === 'gql' || nearestSpelling(word, ['graphql']) !== undefined;
}
