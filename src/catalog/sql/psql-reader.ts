/** A piece of a psql script, with the line of its first word, from 1. */
export type Piece =
  | { readonly kind: 'statement'; readonly sql: string; readonly line: number }
  /** A psql command, such as `\connect other`. */
  | { readonly kind: 'command'; readonly text: string; readonly line: number }
  /** A statement of a down migration. */
  | { readonly kind: 'undo'; readonly sql: string; readonly line: number };

/** The marks of up and down migrations, for tools that keep both in one file. */
const sectionMark = /^--\s*(?:\+goose|\+migrate|migrate:)\s*(up|down)\b/i;

/** The tokens that are read as one piece, by their first character. */
const tokens = {
  space: /\s+/y,
  lineComment: /--[^\n\r]*/y,
  // A doubled quote is read as two adjacent strings.
  string: /'[^']*'?/y,
  escapeString: /[eE]'/y,
  quotedName: /"[^"]*"?/y,
  dollarQuote: /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y,
  word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
  number: /\d[\w.]*/y,
  command: /\\[^\n\r]*/y,
} as const;

/**
 * Splits a script into pieces like psql: it knows quotes, comments, parentheses and the bodies of SQL functions, but not what
 * statements mean.
 *
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/fe_utils/psqlscan.l has the rules.
 */
export class PsqlReader {
  readonly #text: string;
  #position = 0;
  /** The position up to which lines have been counted, and its line. */
  #counted = 0;
  #line = 1;
  #undoing = false;
  #commands: Piece[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** The next piece, or undefined at the end. */
  next(): Piece | undefined {
    return this.#commands.shift() ?? this.#read();
  }

  /** Skips the rows after `copy … from stdin`, up to the line that ends them. */
  skipCopyData(): void {
    const end = /^\\\.[ \t]*\r?$/gm;
    end.lastIndex = this.#position;
    this.#position = end.exec(this.#text) ? end.lastIndex : this.#text.length;
  }

  #read(): Piece | undefined {
    let sql = '';
    let line = 0;
    const nesting = new Nesting();
    while (this.#position < this.#text.length) {
      const start = this.#position;
      const character = this.#text.charAt(start);
      if (character === '\\') {
        const command = this.#command();
        // `\g` and similar commands send the statement; others let it continue after them.
        if (/^\\(?:g|crosstabview|watch)/.test(command.text) && sql) {
          this.#commands.push(command);
          return this.#statement(sql, line);
        }
        if (!sql) return command;
        this.#commands.push(command);
        continue;
      }
      if (character === ';' && nesting.outermost) {
        this.#position += 1;
        if (sql) return this.#statement(sql, line);
        continue;
      }
      if (this.#passOver()) {
        if (sql) sql += this.#text.slice(start, this.#position);
        continue;
      }
      if (!sql) line = this.#lineOf(start);
      const token = this.#token();
      nesting.enter(token);
      sql += token;
    }
    return sql ? this.#statement(sql, line) : this.#commands.shift();
  }

  #statement(sql: string, line: number): Piece {
    return { kind: this.#undoing ? 'undo' : 'statement', sql: sql.trimEnd(), line };
  }

  #command(): Piece & { readonly kind: 'command' } {
    const line = this.#lineOf(this.#position);
    return { kind: 'command', text: this.#take(tokens.command).trimEnd(), line };
  }

  /** Skips space and comments; returns whether there were any. */
  #passOver(): boolean {
    if (this.#take(tokens.space)) return true;
    const comment = this.#take(tokens.lineComment);
    if (comment) {
      const section = sectionMark.exec(comment)?.[1];
      if (section) this.#undoing = section.toLowerCase() === 'down';
      return true;
    }
    if (!this.#text.startsWith('/*', this.#position)) return false;
    this.#passOverBlockComment();
    return true;
  }

  /** Block comments can be nested. */
  #passOverBlockComment(): void {
    const edge = /\/\*|\*\//g;
    edge.lastIndex = this.#position;
    let depth = 0;
    do {
      const found = edge.exec(this.#text);
      if (!found) {
        this.#position = this.#text.length;
        return;
      }
      depth += found[0] === '/*' ? 1 : -1;
    } while (depth > 0);
    this.#position = edge.lastIndex;
  }

  #token(): string {
    const quote = this.#take(tokens.dollarQuote);
    if (quote) {
      const end = this.#text.indexOf(quote, this.#position);
      const from = this.#position;
      this.#position = end < 0 ? this.#text.length : end + quote.length;
      return quote + this.#text.slice(from, this.#position);
    }
    const opening = this.#take(tokens.escapeString);
    if (opening) return opening + this.#restOfEscapeString();
    const token =
      this.#take(tokens.string) ||
      this.#take(tokens.quotedName) ||
      this.#take(tokens.word) ||
      this.#take(tokens.number);
    if (token) return token;
    this.#position += 1;
    return this.#text.charAt(this.#position - 1);
  }

  /** A backslash escapes the next character, including a quote. */
  #restOfEscapeString(): string {
    const from = this.#position;
    const edge = /\\.|''|'/gs;
    edge.lastIndex = from;
    let found = edge.exec(this.#text);
    while (found && found[0] !== "'") found = edge.exec(this.#text);
    this.#position = found ? edge.lastIndex : this.#text.length;
    return this.#text.slice(from, this.#position);
  }

  /** Consumes what matches at the current position; an empty string if nothing does. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += found.length;
    return found;
  }

  #lineOf(position: number): number {
    for (let at = this.#text.indexOf('\n', this.#counted); at >= 0 && at < position; ) {
      this.#line += 1;
      this.#counted = at + 1;
      at = this.#text.indexOf('\n', this.#counted);
    }
    return this.#line;
  }
}

/** Decides whether a semicolon ends the statement: not within parentheses or the body of an SQL function. */
class Nesting {
  #parentheses = 0;
  #blocks = 0;
  /** The statement's first words, as many as in `create or replace function`. */
  readonly #opening: string[] = [];

  get outermost(): boolean {
    return this.#parentheses === 0 && this.#blocks === 0;
  }

  enter(token: string): void {
    const word = token.toLowerCase();
    if (word === '(') this.#parentheses += 1;
    else if (word === ')') this.#parentheses = Math.max(0, this.#parentheses - 1);
    else if (this.#opening.length < 4) this.#opening.push(word);
    if (this.#parentheses > 0 || !this.#definesRoutine()) return;
    if (word === 'begin' || (word === 'case' && this.#blocks > 0)) this.#blocks += 1;
    else if (word === 'end' && this.#blocks > 0) this.#blocks -= 1;
  }

  #definesRoutine(): boolean {
    const [first, ...rest] = this.#opening;
    const what = rest[0] === 'or' ? rest[2] : rest[0];
    return first === 'create' && (what === 'function' || what === 'procedure');
  }
}
