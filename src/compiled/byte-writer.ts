import { Buffer } from 'node:buffer';
import { type WordSpan, wordsOf } from '../values/bytes.ts';
import { longestInstant, writeInstant } from '../values/instant-bytes.ts';
import { hasEscaped, inJson, type Quoting } from './json-escape.ts';
import { ReadyBytes } from './ready-bytes.ts';

/** The initial capacity of a writer, in bytes. */
const firstCapacity = 16 * 1024;

/** Writes JSON as UTF-8 into one buffer that grows. */
export class ByteWriter {
  /** The buffer, replaced by a larger one when it is full. */
  bytes: Buffer = Buffer.allocUnsafeSlow(firstCapacity);
  /** The number of written bytes. */
  length = 0;
  #words = wordsOf(this.bytes);

  /** Makes room for this many more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.#words = wordsOf(larger);
  }

  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Writes bytes as they are. For a few of them a loop is faster than `set`. */
  raw({ bytes: source, words: sourceWords, start, end }: WordSpan): void {
    this.reserve(end - start);
    const { bytes } = this;
    const words = this.#words;
    let at = this.length;
    let from = start;
    for (; from + 4 <= end; from += 4, at += 4) words.setInt32(at, sourceWords.getInt32(from));
    for (; from < end; from++) bytes[at++] = source[from] ?? 0;
    this.length = at;
  }

  /** Writes a text as it is. */
  text(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length);
  }

  null(): void {
    this.raw(nullBytes);
  }

  /**
   * Writes UTF-8 as a string.
   *
   * @returns whether nothing had to be escaped
   */
  string(source: WordSpan, quoting: Quoting = inJson): boolean {
    const { start, end, bytes: sourceBytes, words: sourceWords } = source;
    const { mark } = quoting;
    this.reserve(end - start + 2 * mark.end);
    const begin = this.length;
    this.raw(mark);
    const { bytes } = this;
    const words = this.#words;
    let at = this.length;
    let from = start;
    for (; from + 4 <= end; from += 4, at += 4) {
      const word = sourceWords.getInt32(from);
      if (hasEscaped(word)) return this.#escapeAll(source, quoting, begin);
      words.setInt32(at, word);
    }
    for (; from < end; from++) {
      const byte = sourceBytes[from] ?? 0;
      if (hasEscaped(harmless | byte)) return this.#escapeAll(source, quoting, begin);
      bytes[at++] = byte;
    }
    this.length = at;
    this.raw(mark);
    return true;
  }

  /** Writes the string again from where it began, byte by byte. */
  #escapeAll({ bytes, start, end }: WordSpan, { escapes, mark }: Quoting, begin: number): false {
    this.length = begin;
    this.raw(mark);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      const escaped = escapes[byte];
      if (escaped) this.raw(escaped);
      else this.byte(byte);
    }
    this.raw(mark);
    return false;
  }

  /**
   * Writes an instant as a string, in the form of `timestamp`.
   *
   * @param milliseconds since 1970-01-01T00:00:00
   * @param zone is appended to it
   * @returns false, without writing anything, if only the type itself can print it
   */
  instant(milliseconds: number, zone: ReadyBytes): boolean {
    this.reserve(longestInstant + zone.end + 2);
    const end = writeInstant(this.bytes, this.length + 1, milliseconds);
    if (end < 0) return false;
    this.bytes[this.length] = quote;
    this.length = end;
    this.raw(zone);
    this.byte(quote);
    return true;
  }

  /** Writes the base64 of the first bytes of a source (RFC 4648, section 4) as a string. */
  base64(source: Uint8Array, count: number): void {
    this.reserve(4 * Math.ceil(count / 3) + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = quote;
    const whole = count - (count % 3);
    for (let i = 0; i < whole; i += 3) {
      const group = ((source[i] ?? 0) << 16) | ((source[i + 1] ?? 0) << 8) | (source[i + 2] ?? 0);
      bytes[at++] = digits[group >>> 18] ?? 0;
      bytes[at++] = digits[(group >>> 12) & 63] ?? 0;
      bytes[at++] = digits[(group >>> 6) & 63] ?? 0;
      bytes[at++] = digits[group & 63] ?? 0;
    }
    if (whole < count) {
      const group = ((source[whole] ?? 0) << 16) | (whole + 1 < count ? (source[whole + 1] ?? 0) << 8 : 0);
      bytes[at++] = digits[group >>> 18] ?? 0;
      bytes[at++] = digits[(group >>> 12) & 63] ?? 0;
      bytes[at++] = whole + 1 < count ? (digits[(group >>> 6) & 63] ?? 0) : padding;
      bytes[at++] = padding;
    }
    bytes[at++] = quote;
    this.length = at;
  }

  /** Returns a copy of the written bytes, and starts again. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }
}

const quote = 0x22;
const padding = 0x3d;
const nullBytes = new ReadyBytes('null');
/** Three bytes that are not escaped, for a word with one byte of a text. */
const harmless = 0x61616100;
const digits = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
