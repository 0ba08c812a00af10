import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../../cache-size.ts';
import { merged } from '../../values/merged.ts';
import { isPlainObject, type PlainObject } from '../../values/plain-object.ts';
import { LatelySeen } from '../lately-seen.ts';
import type { Asked } from './asked.ts';
import { FrequentBodies, memoryOf } from './frequent-bodies.ts';

/** The maximum size of all cached bodies, in bytes. */
const capacity = 8 * 1024 * 1024;
/** The size of the largest body that is cached, in bytes. */
const largestKnown = 4 * 1024;

/**
 * Caches the content of JSON bodies: what all requests with the same query have in common, so that only the variables of the next
 * one have to be parsed; and the complete content of the most frequent bodies.
 */
export class KnownBodies {
  readonly #seen = new LatelySeen();
  readonly #known = new LRUCache<string, Asked>({
    maxSize: capacity,
    sizeCalculation: (_asked, around) => memoryOf(around),
  });
  readonly #frequent = new FrequentBodies();

  /** The number and size of the cached bodies, with and without their variables. */
  get size(): CacheSize {
    const { entries, bytes } = this.#frequent.size;
    return { entries: this.#known.size + entries, bytes: this.#known.calculatedSize + bytes };
  }

  /** The content of the body, if it is known. */
  find(body: Buffer): Asked | undefined {
    if (body.length > largestKnown) return undefined;
    const checksum = crc32(body);
    return this.#frequent.find(body, checksum) ?? this.#findAround(body, checksum);
  }

  #findAround(body: Buffer, checksum: number): Asked | undefined {
    const parts = splitBody(body);
    const known = parts && this.#known.get(parts.around);
    const asked = known && parts?.variables !== undefined ? withVariables(known, parts.variables) : known;
    if (asked) this.#frequent.count(body, checksum, asked);
    return asked;
  }

  /** Caches the content of a body, if another one differed only in its variables. */
  learn(body: Buffer, asked: Asked): void {
    if (body.length > largestKnown) return;
    const parts = splitBody(body);
    if (!parts || !this.#seen.see(parts.around)) return;
    if (parts.variables === undefined || isOnlyMember(parts.around)) this.#known.set(parts.around, asked);
  }
}

/** The same with other variables; undefined if they are not JSON. */
function withVariables(asked: Asked, variableText: string): Asked | undefined {
  const variables = parseObject(variableText);
  return variables && merged(asked, { variables, variableText, variableBytes: variableText.length });
}

/** A JSON body in two parts. */
interface BodyParts {
  /** Everything but the value of its first member of the name `variables`, by byte. */
  readonly around: string;
  /** That value, an object; undefined if there is no such member. */
  readonly variables: string | undefined;
}

const memberName = '"variables":';
const memberBytes = Buffer.from(memberName);

/** Undefined if the member's value is not an object. */
function splitBody(body: Buffer): BodyParts | undefined {
  const found = body.indexOf(memberBytes);
  if (found < 0) return { around: body.toString('latin1'), variables: undefined };
  const start = found + memberBytes.length;
  const end = endOfObject(body, start);
  if (end === undefined) return undefined;
  const around = body.toString('latin1', 0, start) + body.toString('latin1', end);
  return { around, variables: body.toString('utf8', start, end) };
}

/** Whether what was cut out of a body is the one value of its variables: the name may also occur further in, or twice. */
function isOnlyMember(around: string): boolean {
  const start = around.indexOf(memberName) + memberName.length;
  const probe = parseObject(`${around.slice(0, start)}0${around.slice(start)}`);
  return probe?.variables === 0;
}

const [space, quote, backslash, openingBrace, closingBrace] = [0x20, 0x22, 0x5c, 0x7b, 0x7d];

/** The end of the object that begins at a position in JSON, after white space; undefined if there is none, or it has no end. */
function endOfObject(json: Buffer, start: number): number | undefined {
  let at = start;
  while (json[at] === space) at++;
  if (json[at] !== openingBrace) return undefined;
  let nesting = 0;
  let isText = false;
  for (; at < json.length; at++) {
    const byte = json[at];
    if (byte === quote) isText = !isText;
    else if (isText) {
      if (byte === backslash) at++;
    } else if (byte === openingBrace) nesting++;
    else if (byte === closingBrace && --nesting === 0) return at + 1;
  }
  return undefined;
}

function parseObject(json: string): PlainObject | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
