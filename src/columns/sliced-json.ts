import type { Buffer } from 'node:buffer';
import { Pace, type PaceOptions, type Steps, takeSteps } from './pace.ts';
import type { Ready } from './ready.ts';

/** The bytes of JSON that are parsed at once, because `JSON.parse` may take 150 ms for a megabyte of objects of many shapes. */
const sliceBytes = 16 * 1024;

/** How much JSON is parsed; what has more is refused before most of it takes memory. */
export interface JsonLimits {
  /** Objects and lists within each other. */
  readonly depth: number;
  /** Objects and lists. */
  readonly containers: number;
  /** Members of an object. */
  readonly members: number;
  /** Commas, which is about as many as values. */
  readonly values: number;
  /** Bytes of a text as it is written, with its escapes. */
  readonly textBytes: number;
  /** Bytes between two texts, commas or brackets, such as white space or a number. */
  readonly gapBytes: number;
}

/** JSON has more than is parsed. The message says of what, as in "1000 objects and lists". */
export class JsonLimitError extends Error {}

/**
 * Parses JSON. A large text is parsed in slices, so that it does not block the event loop. Only that is limited.
 *
 * @throws SyntaxError if it is not JSON
 * @throws JsonLimitError if it has more than the limits allow
 * @throws the signal's reason if it has been aborted
 */
export function parseSliced(bytes: Buffer, limits: JsonLimits, options: PaceOptions): Ready<unknown> {
  if (bytes.length <= sliceBytes) return JSON.parse(bytes.toString());
  return takeSteps(readInSlices(bytes, limits), new Pace(options));
}

function* readInSlices(bytes: Buffer, limits: JsonLimits): Steps<unknown> {
  const ends = yield* findLarge(bytes, limits);
  return yield* new SlicedJson(bytes, ends).value(0, bytes.length);
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openingBracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** The ends of the objects and lists that are too long to be parsed at once, by their starts. */
type Ends = ReadonlyMap<number, number>;

function* findLarge(bytes: Buffer, limits: JsonLimits): Steps<Ends> {
  const ends = new Map<number, number>();
  const starts = new Uint32Array(limits.depth + 1);
  const commas = new Uint32Array(limits.depth + 1);
  let depth = 0;
  let containers = 0;
  let values = 0;
  let sliceEnd = 0;
  let gapStart = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at >= sliceEnd) {
      if (at - gapStart > limits.gapBytes) throw tooMany(limits.gapBytes, 'bytes between two values');
      sliceEnd = at + sliceBytes;
      yield;
    }
    switch (bytes[at]) {
      case quote:
        at = endOfText(bytes, at, limits.textBytes);
        gapStart = at;
        break;
      case openingBracket:
      case openingBrace:
        if (++depth > limits.depth) throw tooMany(limits.depth, 'objects and lists within each other');
        if (++containers > limits.containers) throw tooMany(limits.containers, 'objects and lists');
        starts[depth] = at;
        commas[depth] = 0;
        gapStart = at;
        break;
      case comma: {
        const members = (commas[depth] ?? 0) + 1;
        commas[depth] = members;
        gapStart = at;
        if (++values > limits.values) throw tooMany(limits.values, 'values');
        if (members > limits.members && bytes[starts[depth] ?? 0] === openingBrace) {
          throw tooMany(limits.members, 'members in an object');
        }
        break;
      }
      case closingBracket:
      case closingBrace: {
        if (depth === 0) throw new SyntaxError('brackets close that have not opened');
        const start = starts[depth--] ?? 0;
        gapStart = at;
        if (at - start > sliceBytes) ends.set(start, at + 1);
      }
    }
  }
  return ends;
}

function tooMany(limit: number, what: string): JsonLimitError {
  return new JsonLimitError(`${limit} ${what}`);
}

/**
 * The position of the closing quote of the string that begins there.
 *
 * @throws JsonLimitError if it is not among the next `longest` bytes
 */
function endOfText(bytes: Buffer, start: number, longest = bytes.length): number {
  const end = Math.min(bytes.length, start + longest + 2);
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === backslash) at++;
  }
  if (end < bytes.length) throw tooMany(longest, 'bytes in a text');
  throw new SyntaxError('a text does not end');
}

/** How many members the outermost object has as it is written, those of the same name included. It must be JSON. */
export function* countMembers(bytes: Buffer): Steps<number> {
  let depth = 0;
  let members = 0;
  let sliceEnd = sliceBytes;
  for (let at = 0; at < bytes.length; at++) {
    if (at >= sliceEnd) {
      sliceEnd = at + sliceBytes;
      yield;
    }
    switch (bytes[at]) {
      case quote:
        at = endOfText(bytes, at);
        break;
      case openingBracket:
      case openingBrace:
        depth++;
        break;
      case closingBracket:
      case closingBrace:
        depth--;
        break;
      case colon:
        if (depth === 1) members++;
    }
  }
  return members;
}

/** Assembles large objects and lists from groups of values that are parsed at once. */
class SlicedJson {
  readonly #bytes: Buffer;
  readonly #ends: Ends;

  constructor(bytes: Buffer, ends: Ends) {
    this.#bytes = bytes;
    this.#ends = ends;
  }

  /** The value in these bytes, which may be surrounded by white space. */
  *value(from: number, to: number): Steps<unknown> {
    const start = this.#skipSpace(from, to);
    const end = this.#ends.get(start);
    if (end === undefined) {
      yield;
      return JSON.parse(this.#text(from, to));
    }
    if (this.#skipSpace(end, to) !== to) throw new SyntaxError('more than one value');
    const isList = this.#bytes[start] === openingBracket;
    if (this.#bytes[end - 1] !== (isList ? closingBracket : closingBrace)) {
      throw new SyntaxError('brackets do not match');
    }
    return isList ? yield* this.#list(start + 1, end - 1) : yield* this.#object(start + 1, end - 1);
  }

  *#list(from: number, to: number): Steps<unknown[]> {
    const list: unknown[] = [];
    for (const { start, end, isLarge } of this.#groups(from, to)) {
      if (isLarge) list.push(yield* this.value(start, end));
      else {
        for (const element of asList(JSON.parse(`[${this.#text(start, end)}]`))) list.push(element);
        yield;
      }
    }
    return list;
  }

  *#object(from: number, to: number): Steps<Readonly<Record<string, unknown>>> {
    const object: Record<string, unknown> = Object.create(null);
    for (const { start, end, isLarge } of this.#groups(from, to)) {
      if (isLarge) {
        const nameEnd = endOfText(this.#bytes, this.#skipSpace(start, end));
        const beforeValue = this.#skipSpace(nameEnd + 1, end);
        if (this.#bytes[beforeValue] !== colon) throw new SyntaxError('a member has no colon');
        object[asText(JSON.parse(this.#text(start, nameEnd + 1)))] = yield* this.value(beforeValue + 1, end);
      } else {
        Object.assign(object, JSON.parse(`{${this.#text(start, end)}}`));
        yield;
      }
    }
    return object;
  }

  /** The values or members between two brackets: in groups that are parsed at once, or one by one if they are large. */
  *#groups(from: number, to: number): Generator<Group> {
    if (this.#skipSpace(from, to) === to) return;
    let start = from;
    for (let value = from; value <= to; ) {
      const { end, isLarge } = this.#endOfValue(value, to);
      if (isLarge && value > start) yield this.#group(start, value - 1, false);
      if (isLarge || end - start >= sliceBytes || end === to) {
        yield this.#group(isLarge ? value : start, end, isLarge);
        start = end + 1;
      }
      value = end + 1;
    }
  }

  /** Between two commas there must be a value. */
  #group(start: number, end: number, isLarge: boolean): Group {
    if (this.#skipSpace(start, end) === end) throw new SyntaxError('a value is missing');
    return { start, end, isLarge };
  }

  /** The position of the comma after the value or member that begins there, or the end; and whether it contains something large. */
  #endOfValue(from: number, to: number): { readonly end: number; readonly isLarge: boolean } {
    const bytes = this.#bytes;
    let depth = 0;
    let isLarge = false;
    for (let at = from; at < to; at++) {
      switch (bytes[at]) {
        case quote:
          at = endOfText(bytes, at);
          break;
        case openingBracket:
        case openingBrace: {
          const end = this.#ends.get(at);
          if (end === undefined) depth++;
          else {
            isLarge = true;
            at = end - 1;
          }
          break;
        }
        case closingBracket:
        case closingBrace:
          depth--;
          break;
        case comma:
          if (depth === 0) return { end: at, isLarge };
      }
    }
    return { end: to, isLarge };
  }

  /** The first position that is not white space (RFC 8259, section 2). */
  #skipSpace(from: number, to: number): number {
    let at = from;
    while (at < to && spaces.has(this.#bytes[at])) at++;
    return at;
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }
}

/** Values or members, with the commas between them. */
interface Group {
  readonly start: number;
  readonly end: number;
  /** Whether it is a single one that is too long to be parsed at once. */
  readonly isLarge: boolean;
}

const spaces: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError('not a list');
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new SyntaxError('not a text');
}
