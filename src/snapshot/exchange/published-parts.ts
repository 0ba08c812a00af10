import { Pace } from '../../columns/pace.ts';
import type { Field } from '../../source/source.ts';
import type { BlockReader } from '../file/block-reader.ts';
import type { BlockWriter } from '../file/block-writer.ts';
import { readContent } from '../file/content-reader.ts';
import { writeContent } from '../file/content-writer.ts';
import type { SnapshotKey } from '../file/key.ts';
import { readSealed, writeSealed } from '../file/sealed-file.ts';
import { longestSealed, tooLong } from '../file/size-limit.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import type { ColumnarSnapshot, SnapshotContent } from '../snapshot.ts';
import { applyDelta } from './apply-delta.ts';
import { assertPart, BlockFileReader, BlockFileWriter } from './block-file.ts';
import { composeDeltas } from './compose-deltas.ts';
import { type Delta, deltaBetween, isEmptyDelta, readDelta, writeDelta } from './delta.ts';
import type { ExchangePlace, Part, Publication } from './place.ts';

/** Where the parts of an object's publications are stored, and how they are sealed. */
export interface PublishedPartsOptions {
  readonly place: ExchangePlace;
  /** The object's name at the place. */
  readonly object: string;
  readonly key: SnapshotKey | undefined;
  readonly fields: readonly Field[];
  /** The size of the largest snapshot in bytes; unlimited by default. Much longer parts are not read. */
  readonly maxSnapshotBytes?: number | undefined;
}

/** A snapshot in memory, and the parts from which it was made. */
export interface KnownParts {
  readonly snapshot: ColumnarSnapshot;
  readonly parts: readonly Part[];
}

/** Once the deltas have grown to this share of the complete snapshot, a complete one is published again. */
const largestDeltas = 0.5;
/** The same after this many deltas, because every poll reads the names of all their blocks. */
const mostDeltas = 256;
/** If more than this share of the rows has changed, a complete snapshot is as good as a delta. */
const largestChange = 0.25;
/** Short, so that loading and publishing hardly delay the requests that are served meanwhile. */
const sliceMs = 1;

/** The parts of an object's publications: a complete snapshot, and deltas to newer ones. */
export class PublishedParts {
  readonly #options: PublishedPartsOptions;
  #bytesWritten = 0;
  #bytesRead = 0;

  constructor(options: PublishedPartsOptions) {
    this.#options = options;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /**
   * Reads a snapshot, or only the deltas from a known one.
   *
   * @param isNext whether the known one is the previous publication
   * @throws UnusableFile if it is damaged, of another object, encrypted with another key, or has been replaced
   */
  async read(
    { parts, step }: Pick<Publication, 'parts' | 'step'>,
    known: KnownParts | undefined,
    isNext: boolean,
  ): Promise<SnapshotContent> {
    const isContinued = known?.parts.every((part, i) => isSamePart(part, parts[i])) ?? false;
    if (known && isContinued) return this.#continue(known.snapshot.content, parts.slice(known.parts.length));
    if (known && isNext && step) return this.#continue(known.snapshot.content, [step]);
    const [whole, ...deltas] = parts;
    if (!whole) throw new UnusableFile('has no parts');
    this.#assertFits([whole]);
    return this.#continue(await this.#read(whole, 'whole', readContent), deltas);
  }

  async #continue(content: SnapshotContent, parts: readonly Part[]): Promise<SnapshotContent> {
    const pace = new Pace({ sliceMs });
    const deltas: Delta[] = [];
    this.#assertFits(parts);
    for (const part of parts) deltas.push(await this.#read(part, 'delta', readDelta));
    try {
      const delta = await composeDeltas(deltas, pace);
      return delta ? await applyDelta(content, delta, pace) : content;
    } catch (error) {
      throw error instanceof RangeError ? new UnusableFile('has changes of another snapshot') : error;
    }
  }

  /**
   * A complete snapshot, or all deltas to it together, since they are in memory at the same time.
   *
   * @throws UnusableFile if they have more bytes than the largest snapshot, or are more than are ever published
   */
  #assertFits(parts: readonly Part[]): void {
    const { maxSnapshotBytes = Number.POSITIVE_INFINITY } = this.#options;
    if (parts.length > mostDeltas) throw new UnusableFile(`has more than ${mostDeltas} sets of changes`);
    for (const part of parts) assertPart(part);
    const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
    if (byteLength > longestSealed(maxSnapshotBytes)) {
      throw new UnusableFile(tooLong(byteLength, maxSnapshotBytes));
    }
  }

  /**
   * Writes the delta from the known snapshot, or a complete snapshot if that is better.
   *
   * @param known what is published; undefined if it is not in memory
   * @returns the parts of the snapshot
   */
  async write(
    snapshot: ColumnarSnapshot,
    known: KnownParts | undefined,
  ): Promise<Pick<Publication, 'parts' | 'step'>> {
    const whole = () => this.#write('whole', (out) => writeContent(out, snapshot.content));
    if (!known) return { parts: [await whole()] };
    const { fields } = this.#options;
    const delta = await deltaBetween(known.snapshot, snapshot, fields, new Pace({ sliceMs }));
    if (isEmptyDelta(delta)) return { parts: known.parts };
    const changed = (delta.removed.length + delta.positions.length) / 2;
    if (changed > largestChange * snapshot.rowCount) return { parts: [await whole()] };
    const step = await this.#write('delta', (out) => writeDelta(out, delta));
    return isFull(known.parts) ? { parts: [await whole()], step } : { parts: [...known.parts, step] };
  }

  async #read<T>(part: Part, kind: PartKind, read: (input: BlockReader) => Promise<T>): Promise<T> {
    const content = await readPart(this.#options, part, kind, read);
    this.#bytesRead += part.byteLength;
    return content;
  }

  async #write(kind: PartKind, write: (out: BlockWriter) => Promise<void>): Promise<Part> {
    const { place, object, key } = this.#options;
    const file = new BlockFileWriter(place, object);
    await writeSealed(file, { key, subject: subjectOf(object, kind) }, write);
    const part = await file.end();
    this.#bytesWritten += part.byteLength;
    return part;
  }
}

/** What a part is: a complete snapshot, or the changes since the one before. */
type PartKind = 'whole' | 'delta';

/** Where a part is stored, and how it is sealed. */
interface PartSource extends Pick<PublishedPartsOptions, 'object' | 'key'> {
  readonly place: Pick<ExchangePlace, 'getBlocks'>;
}

/**
 * Verifies that a part can be read.
 *
 * @throws UnusableFile if it is damaged, of another object, or encrypted with another key
 */
export async function verifyPart(source: PartSource, part: Part, kind: PartKind): Promise<void> {
  await readPart<unknown>(source, part, kind, kind === 'whole' ? readContent : readDelta);
}

function readPart<T>(
  { place, object, key }: PartSource,
  part: Part,
  kind: PartKind,
  read: (input: BlockReader) => Promise<T>,
): Promise<T> {
  const file = new BlockFileReader(place, object, part);
  return readSealed(file, part.byteLength, { key, subject: subjectOf(object, kind) }, read);
}

/** A place without the key cannot pass off the part of one object as that of another. */
function subjectOf(object: string, kind: PartKind): string {
  return JSON.stringify([kind, object]);
}

/** Whether there are so many deltas that a complete snapshot is due. */
function isFull([whole, ...deltas]: readonly Part[]): boolean {
  const byteLength = deltas.reduce((sum, part) => sum + part.byteLength, 0);
  return deltas.length >= mostDeltas || byteLength > largestDeltas * (whole?.byteLength ?? 0);
}

function isSamePart(a: Part, b: Part | undefined): boolean {
  return (
    b !== undefined &&
    a.blocks.length === b.blocks.length &&
    a.blocks.every((hash, i) => hash === b.blocks[i])
  );
}
