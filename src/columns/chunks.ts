/**
 * The size of a chunk. glibc's allocator maps allocations of at least this size separately, so that they return to the
 * system as soon as they are freed (`DEFAULT_MMAP_THRESHOLD_MAX`, mallopt(3)); smaller ones fragment the heap. Pages that
 * have never been written to take no memory.
 */
const chunkBytes = 2 ** 25;
/**
 * The sizes of the first chunk until it is full. V8 collects garbage for every few chunks' worth of memory outside its
 * heap, used or not: so small columns take little, and large ones do not all grow at the same moment, although those of
 * one table have as many elements: the last size is a little larger for each than for the one before.
 */
const firstChunkBytes = [2 ** 8, 2 ** 11, 2 ** 14, 2 ** 20] as const;
const spacingBytes = 2 ** 16;
const spacings = 16;
let created = 0;

/** The typed arrays that can be chunked. */
export type Elements = Uint8Array | Uint32Array | Float64Array;

/** A growable array. Growing copies 2 MiB at most. */
export class Chunks<A extends Elements> {
  /** The number of elements in a chunk, which is a power of two. */
  readonly length: number;
  readonly #create: (length: number) => A;
  readonly #bits: number;
  readonly #firstLengths: readonly number[];
  readonly #chunks: A[] = [];

  /** @param create makes an array of the given number of elements */
  constructor(create: (length: number) => A) {
    const { BYTES_PER_ELEMENT } = create(0);
    this.#create = create;
    this.length = chunkBytes / BYTES_PER_ELEMENT;
    this.#bits = Math.log2(this.length);
    const last = firstChunkBytes.length - 1;
    const spacing = spacingBytes * (created++ % spacings);
    this.#firstLengths = firstChunkBytes.map(
      (size, i) => (size + (i === last ? spacing : 0)) / BYTES_PER_ELEMENT,
    );
  }

  /** The chunk that holds an element, at `index & (length - 1)`; undefined beyond the last chunk. */
  of(index: number): A | undefined {
    return this.#chunks[index >>> this.#bits];
  }

  /** The chunk for an element, allocated if need be. */
  grow(index: number): A {
    const place = index >>> this.#bits;
    const chunk = this.#chunks[place];
    if (chunk && (index & (this.length - 1)) < chunk.length) return chunk;
    const grown = this.#create(this.#firstLengths.find((length) => index < length) ?? this.length);
    if (chunk) grown.set(chunk);
    this.#chunks[place] = grown;
    return grown;
  }

  /** The element at an index; 0 if none has been set. */
  at(index: number): number {
    return this.of(index)?.[index & (this.length - 1)] ?? 0;
  }

  put(index: number, value: number): void {
    this.grow(index)[index & (this.length - 1)] = value;
  }
}
