import { compareBytes } from './bytes.ts';
import { parseDecimal } from './number/decimal.ts';

/** The deepest nesting that is read, far from overflowing the stack. Postgres is limited by its stack depth. */
const deepest = 1024;

/**
 * JSON as `jsonb` writes it: object keys sorted by length, then bytes; the last of repeated keys; numbers in full; a space
 * after each comma and colon. Undefined if the text is not JSON, or JSON that `jsonb` cannot hold.
 */
export function normalizeJson(text: string): string | undefined {
  const reader = new JsonReader(text);
  const value = reader.readValue(0);
  return reader.isAtEnd() ? value : undefined;
}

/** Whether the text is JSON: RFC 8259. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The values, including those within each other, of an array that is read: each takes a microsecond or two. */
const mostValues = 1_000;

/**
 * The elements of a JSON array, each as `jsonb` writes it. Numbers keep all of their digits, which JSON.parse() would
 * round. Undefined if the text is not a JSON array, or has more than a thousand values.
 */
export function readJsonArray(text: string): readonly string[] | undefined {
  const reader = new JsonReader(text, mostValues);
  const elements = reader.readElements(0);
  return reader.isAtEnd() ? elements : undefined;
}

/** Reads one token after another. It returns undefined at the first error, after which it must not be used. */
class JsonReader {
  readonly #text: string;
  #valuesLeft: number;
  #at = 0;

  /** @param mostValues after which reading fails */
  constructor(text: string, mostValues = Number.POSITIVE_INFINITY) {
    this.#text = text;
    this.#valuesLeft = mostValues;
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  readValue(depth: number): string | undefined {
    if (this.#valuesLeft-- === 0) return undefined;
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#readObject(depth);
      case '[': {
        const elements = this.readElements(depth);
        return elements && `[${elements.join(', ')}]`;
      }
      case '"': {
        const string = this.#readString();
        return string === undefined ? undefined : JSON.stringify(string);
      }
      case 't':
      case 'f':
      case 'n':
        return this.#take(word);
      default:
        return this.#readNumber();
    }
  }

  readElements(depth: number): string[] | undefined {
    if (depth > deepest || !this.#takeMark('[')) return undefined;
    if (this.#takeMark(']')) return [];
    const elements: string[] = [];
    do {
      const element = this.readValue(depth + 1);
      if (element === undefined) return undefined;
      elements.push(element);
    } while (this.#takeMark(','));
    return this.#takeMark(']') ? elements : undefined;
  }

  #readObject(depth: number): string | undefined {
    if (depth > deepest || !this.#takeMark('{')) return undefined;
    if (this.#takeMark('}')) return '{}';
    const members = new Map<string, string>();
    do {
      this.#skipSpace();
      const key = this.#readString();
      if (key === undefined || !this.#takeMark(':')) return undefined;
      const value = this.readValue(depth + 1);
      if (value === undefined) return undefined;
      members.set(key, value);
    } while (this.#takeMark(','));
    return this.#takeMark('}') ? writeObject(members) : undefined;
  }

  #readString(): string | undefined {
    const end = this.#stringEnd();
    if (end === undefined) return undefined;
    const value = parseString(this.#text.slice(this.#at, end));
    this.#at = end;
    return value?.isWellFormed() && !value.includes('\0') ? value : undefined;
  }

  /** The end of the string that starts here. */
  #stringEnd(): number | undefined {
    if (this.#text[this.#at] !== '"') return undefined;
    let quote = this.#text.indexOf('"', this.#at + 1);
    while (quote > 0 && this.#isEscaped(quote)) quote = this.#text.indexOf('"', quote + 1);
    return quote < 0 ? undefined : quote + 1;
  }

  /** Whether an odd number of backslashes precedes a position. */
  #isEscaped(place: number): boolean {
    let first = place;
    while (this.#text[first - 1] === '\\') first--;
    return (place - first) % 2 === 1;
  }

  #readNumber(): string | undefined {
    const token = this.#take(number);
    // Most numbers are short and whole, and written as they are.
    if (token === undefined || (token.length < shortNumber && /^[1-9]\d*$/.test(token))) return token;
    return parseDecimal(token)?.toString();
  }

  #takeMark(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    if (this.#text.charCodeAt(this.#at) <= blank) this.#take(space);
  }

  #take(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    const taken = token.exec(this.#text)?.[0];
    this.#at += taken?.length ?? 0;
    return taken;
  }
}

/** The last character that may be white space. */
const blank = 0x20;
/** Characters. */
const shortNumber = 100;

// The tokens of RFC 8259.
const space = /[ \t\n\r]*/y;
const word = /(?:true|false|null)(?![\w$])/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w$.+-])/y;

/** @param token the string with its quotes */
function parseString(token: string): string | undefined {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function writeObject(members: ReadonlyMap<string, string>): string {
  const sorted = [...members]
    .map(([key, value]) => ({ key: JSON.stringify(key), bytes: Buffer.from(key), value }))
    .sort((a, b) => a.bytes.length - b.bytes.length || compareBytes(a.bytes, b.bytes));
  return `{${sorted.map(({ key, value }) => `${key}: ${value}`).join(', ')}}`;
}
