import { GraphQLError, Lexer, type Source, TokenKind } from 'graphql';
import { exceeded, type Limits } from './limits.ts';

/**
 * Checks the text of a document before it is parsed: its length, its tokens, and the nesting of its brackets, into which parser
 * and validation recurse. A text that is not GraphQL passes, because the parser reports it.
 *
 * @throws QueryTooComplexError
 */
export function assertLexicalLimits(source: Source, limits: Limits): void {
  if (source.body.length > limits.documentLength) throw exceeded(limits, 'documentLength', 'the document');
  // Comments and lines of block strings are not tokens, but cost as much.
  if (['#', '\n', '\r'].some((character) => hasMore(source.body, character, limits.tokens))) {
    throw exceeded(limits, 'tokens', 'the document');
  }
  const lexer = new Lexer(source);
  const deepest = deepestNesting(limits);
  let tokens = 0;
  let directives = 0;
  let nesting = 0;
  let parentheses = 0;
  for (let kind = next(lexer); kind !== TokenKind.EOF && kind !== undefined; kind = next(lexer)) {
    if (++tokens > limits.tokens) throw exceeded(limits, 'tokens', 'the document');
    if (kind === TokenKind.AT && ++directives > limits.directives) {
      throw exceeded(limits, 'directives', 'the document');
    }
    if (opening.has(kind)) nesting++;
    if (closing.has(kind)) nesting--;
    if (kind === TokenKind.PAREN_L) parentheses++;
    if (kind === TokenKind.PAREN_R) parentheses--;
    if (nesting > deepest) {
      throw parentheses > 0
        ? exceeded(limits, 'filterDepth', 'an argument')
        : exceeded(limits, 'depth', 'the document');
    }
  }
}

/**
 * The maximum nesting of brackets, and of fragments within fragments. It only protects the stack, and is far above what the exact
 * limits of depth allow later.
 */
export function deepestNesting({ depth, filterDepth }: Limits): number {
  return 2 * (depth + filterDepth) + 16;
}

const opening: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Whether a character occurs in the text more than so many times. */
function hasMore(text: string, character: string, times: number): boolean {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    if (++found > times) return true;
  }
  return false;
}

/** The kind of the next token; undefined if it is invalid. */
function next(lexer: Lexer): TokenKind | undefined {
  try {
    return lexer.advance().kind;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
