import { Buffer } from 'node:buffer';
import { hashBytes, randomSeed } from '../values/bytes.ts';
import { TextList } from './text-list.ts';

/** Slots of a segment's table. Those of a full one are spread in some tens of microseconds. */
const leastSlots = 16;
const mostSlots = 4096;
/** More segments would not help, because the remaining bits of a hash distinguish slots. */
const mostBits = 20;
/** A text's slot follows from the bits of its hash above those. */
const slotShift = 20;

/** Takes the UTF-8 of strings, for as long as a text is looked for. */
const scratch = Buffer.allocUnsafeSlow(1 << 16);
/** No UTF-16 code unit takes more than three bytes of UTF-8. */
const maxBytesPerUnit = 3;

/**
 * Distinct texts, numbered from 0 in the order in which they were added: their UTF-8, plus 15 to 26 bytes each, all
 * outside the garbage-collected heap. The table of hashes is in segments that split one at a time (extendible hashing:
 * https://doi.org/10.1145/320083.320092), so that no addition takes much longer than another, however many there are.
 */
export class DistinctTexts {
  readonly texts = new TextList();
  readonly #seed: number;
  /** At the lowest bits of a hash, as many as tell all segments apart. */
  #segments: Segment[] = [new Segment(0, leastSlots)];

  /** @param seed of the hash, unpredictable so that nobody can choose texts that collide */
  constructor(seed: number = randomSeed()) {
    this.#seed = seed;
  }

  /** The text's number, whether it is new or not. A lone surrogate is U+FFFD. */
  add(text: string): number {
    if (maxBytesPerUnit * text.length <= scratch.length)
      return this.addBytes(scratch, 0, scratch.write(text));
    const bytes = Buffer.from(text);
    return this.addBytes(bytes, 0, bytes.length);
  }

  /** The same with a text's UTF-8. */
  addBytes(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end, this.#seed);
    const segment = this.#segmentOf(hash);
    const { slots } = segment;
    for (let slot = segment.slotOf(hash); ; slot = segment.after(slot)) {
      const number = (slots[slot + 1] ?? 0) - 1;
      if (number < 0) break;
      if (slots[slot] === hash && this.texts.equals(number, bytes, start, end)) return number;
    }
    const number = this.texts.count;
    this.texts.pushBytes(bytes, start, end);
    segment.put(hash, number);
    if (segment.isFull) this.#enlarge(segment, hash);
    return number;
  }

  #segmentOf(hash: number): Segment {
    const segment = this.#segments[hash & (this.#segments.length - 1)];
    if (!segment) throw new RangeError('the number of segments must be a power of two');
    return segment;
  }

  /** @param hash one that belongs to the segment */
  #enlarge(segment: Segment, hash: number): void {
    const { bits } = segment;
    if (segment.slotCount < mostSlots || bits === mostBits) {
      const larger = new Segment(bits, 2 * segment.slotCount);
      segment.spread(() => larger);
      this.#replace(hash, bits, () => larger);
      return;
    }
    const [zeros, ones] = [new Segment(bits + 1, mostSlots), new Segment(bits + 1, mostSlots)];
    const halfOf = (value: number) => ((value >>> bits) & 1 ? ones : zeros);
    segment.spread(halfOf);
    if (2 ** bits === this.#segments.length) this.#segments = this.#segments.concat(this.#segments);
    this.#replace(hash, bits, halfOf);
  }

  /** Puts other segments into all places of the one that has the hash. */
  #replace(hash: number, bits: number, segmentAt: (place: number) => Segment): void {
    const step = 2 ** bits;
    for (let place = hash & (step - 1); place < this.#segments.length; place += step)
      this.#segments[place] = segmentAt(place);
  }
}

/** The texts whose hashes have the same lowest `bits` bits. */
class Segment {
  readonly bits: number;
  /** Slots of two numbers: the text's hash, and 1 + its number; 0 if the slot is free. There are a power of two. */
  readonly slots: Uint32Array;
  #size = 0;

  constructor(bits: number, slotCount: number) {
    this.bits = bits;
    this.slots = new Uint32Array(2 * slotCount);
  }

  get slotCount(): number {
    return this.slots.length / 2;
  }

  get isFull(): boolean {
    return this.#size > 0.75 * this.slotCount;
  }

  /** Where the search for a hash starts. */
  slotOf(hash: number): number {
    return (2 * (hash >>> slotShift)) & (this.slots.length - 1);
  }

  after(slot: number): number {
    return (slot + 2) & (this.slots.length - 1);
  }

  put(hash: number, number: number): void {
    let slot = this.slotOf(hash);
    while (this.slots[slot + 1] !== 0) slot = this.after(slot);
    this.slots[slot] = hash;
    this.slots[slot + 1] = number + 1;
    this.#size++;
  }

  /** Puts each of its texts into another segment. */
  spread(segmentOf: (hash: number) => Segment): void {
    for (let slot = 0; slot < this.slots.length; slot += 2) {
      const hash = this.slots[slot] ?? 0;
      const next = this.slots[slot + 1] ?? 0;
      if (next > 0) segmentOf(hash).put(hash, next - 1);
    }
  }
}
