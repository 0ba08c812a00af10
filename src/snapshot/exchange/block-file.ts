import { createHash } from 'node:crypto';
import { Pace } from '../../columns/pace.ts';
import type { ReadableFile } from '../file/block-reader.ts';
import type { WritableFile } from '../file/block-writer.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import type { Block, ExchangePlace, Part } from './place.ts';

/** Bytes of a block: small enough to hash, send and store without blocking the event loop. */
export const blockLength = 2 ** 19;
/** Reading and writing pause on their own, because a place may answer without delay. */
const sliceMs = 2;
/** Blocks that are sent together. */
const batch = 4;

/** Writes a file to a place, block by block. */
export class BlockFileWriter implements WritableFile {
  readonly #place: ExchangePlace;
  readonly #object: string;
  readonly #hashes: string[] = [];
  #pending: Block[] = [];
  #block = Buffer.allocUnsafeSlow(blockLength);
  #filled = 0;
  #byteLength = 0;
  readonly #pace = new Pace({ sliceMs });

  constructor(place: ExchangePlace, object: string) {
    this.#place = place;
    this.#object = object;
  }

  async write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }> {
    const part = bytes.subarray(0, blockLength - this.#filled);
    this.#block.set(part, this.#filled);
    this.#filled += part.length;
    this.#byteLength += part.length;
    if (this.#filled === blockLength) await this.#cut();
    return { bytesWritten: part.length };
  }

  /** Resolves with the written part once all of its blocks are at the place. */
  async end(): Promise<Part> {
    if (this.#filled > 0) await this.#cut();
    await this.#send();
    return { byteLength: this.#byteLength, blocks: this.#hashes };
  }

  async #cut(): Promise<void> {
    const bytes = this.#block.subarray(0, this.#filled);
    const hash = blockHash(this.#hashes.length, bytes);
    this.#hashes.push(hash);
    this.#pending.push({ hash, bytes });
    this.#block = Buffer.allocUnsafeSlow(blockLength);
    this.#filled = 0;
    if (this.#pending.length === batch) await this.#send();
    if (this.#pace.due) await this.#pace.pause();
  }

  async #send(): Promise<void> {
    const blocks = this.#pending;
    this.#pending = [];
    if (blocks.length > 0) await this.#place.putBlocks(this.#object, blocks);
  }
}

/** Reads a file from a place, block by block, from beginning to end. */
export class BlockFileReader implements ReadableFile {
  readonly #place: Pick<ExchangePlace, 'getBlocks'>;
  readonly #object: string;
  readonly #part: Part;
  /** The blocks that have been fetched, by their number. */
  readonly #blocks = new Map<number, Uint8Array>();
  readonly #pace = new Pace({ sliceMs });

  /** @throws UnusableFile if the part's blocks cannot have its length */
  constructor(place: Pick<ExchangePlace, 'getBlocks'>, object: string, part: Part) {
    assertPart(part);
    this.#place = place;
    this.#object = object;
    this.#part = part;
  }

  async read(target: Uint8Array, offset: number, length: number, position: number) {
    const end = Math.min(position + length, this.#part.byteLength);
    let at = position;
    while (at < end) {
      const number = Math.floor(at / blockLength);
      const block = await this.#fetch(number);
      const start = at - number * blockLength;
      const bytes = block.subarray(start, start + end - at);
      if (bytes.length === 0) break;
      target.set(bytes, offset + at - position);
      at += bytes.length;
    }
    return { bytesRead: Math.max(0, at - position) };
  }

  async #fetch(number: number): Promise<Uint8Array> {
    const known = this.#blocks.get(number);
    if (known) return known;
    this.#blocks.clear();
    const hashes = this.#part.blocks.slice(number, number + batch);
    const found = await this.#place.getBlocks(this.#object, hashes);
    for (const [i, hash] of hashes.entries()) {
      const bytes = found.get(hash);
      // A gateway that has published something newer has removed it.
      if (!bytes) throw new UnusableFile('has a block that no longer exists');
      const length = Math.min(blockLength, this.#part.byteLength - (number + i) * blockLength);
      if (bytes.length !== length || blockHash(number + i, bytes) !== hash) {
        throw new UnusableFile('has a damaged block');
      }
      this.#blocks.set(number + i, bytes);
      if (this.#pace.due) await this.#pace.pause();
    }
    return this.#blocks.get(number) ?? new Uint8Array(0);
  }
}

/** @throws UnusableFile if the part's blocks cannot have its length */
export function assertPart({ byteLength, blocks }: Part): void {
  const isLength = Number.isSafeInteger(byteLength) && byteLength >= 0;
  if (!isLength || blocks.length !== Math.ceil(byteLength / blockLength)) {
    throw new UnusableFile('has more or fewer blocks than its length');
  }
}

/**
 * Names a block by its bytes and its number in the file. So a file that names a block twice is not valid, and a few stored
 * blocks cannot stand for a file of any length.
 */
function blockHash(number: number, bytes: Uint8Array): string {
  return createHash('sha256').update(`${number} `).update(bytes).digest('hex');
}
