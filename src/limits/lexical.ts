import { GraphQLError, Lexer, type Source, TokenKind } from 'graphql';
import { exceeded, type Limits } from './limits.ts';

/**
 * Refuses a document by its text alone, before anything is built from it: by how long it is, how many tokens it
 * has, and how deep its brackets nest, since parser and validation recurse into them. Text that is not GraphQL
 * passes; the parser reports it.
 *
 * @throws QueryTooComplexError
 */
export function assertLexicalLimits(source: Source, limits: Limits): void {
  if (source.body.length > limits.documentLength) throw exceeded(limits, 'documentLength', 'the document');
  // Comments and the lines of block strings are no tokens of the language, but cost as much.
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
 * How deep brackets, and fragments within fragments, nest at most. It only keeps recursion within the stack: it is
 * far above what the exact limits of depth, found later, let through in any document that people write.
 */
export function deepestNesting({ depth, filterDepth }: Limits): number {
  return 2 * (depth + filterDepth) + 16;
}

const opening: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Whether the text has a character more often than so many times. */
function hasMore(text: string, character: string, times: number): boolean {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    if (++found > times) return true;
  }
  return false;
}

/** The next token's kind; undefined where there is no token. */
function next(lexer: Lexer): TokenKind | undefined {
  try {
    return lexer.advance().kind;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
