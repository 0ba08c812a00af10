import { Pace } from '../../columns/pace.ts';
import type { Field } from '../../source/source.ts';
import { readContent } from '../file/content-reader.ts';
import { writeContent } from '../file/content-writer.ts';
import type { SnapshotKey } from '../file/key.ts';
import { readSealed, writeSealed } from '../file/sealed-file.ts';
import type { ColumnarSnapshot, SnapshotContent } from '../snapshot.ts';
import { applyDelta } from './apply-delta.ts';
import { BlockFileReader, BlockFileWriter } from './block-file.ts';
import { composeDeltas } from './compose-deltas.ts';
import { type Delta, deltaBetween, isEmptyDelta, readDelta, writeDelta } from './delta.ts';
import type { ExchangePlace, Part, Publication } from './place.ts';

/** Where the parts of an object's publications are, and how they are sealed. */
export interface PublishedPartsOptions {
  readonly place: ExchangePlace;
  /** The name that the place knows the object by. */
  readonly object: string;
  readonly key: SnapshotKey | undefined;
  readonly fields: readonly Field[];
}

/** A snapshot at hand, and the parts that it was made of. */
export interface KnownParts {
  readonly snapshot: ColumnarSnapshot;
  readonly parts: readonly Part[];
}

/** After deltas that take this share of a whole snapshot, a whole one is published again. */
const largestDeltas = 0.5;
/** After so many deltas, too: a publication names the blocks of each, and is read by all who look at it. */
const mostDeltas = 256;
/** With more than this share of its rows changed, a whole snapshot is as good as a delta. */
const largestChange = 0.25;
/** A look at what is published must hardly be felt by the requests that are served meanwhile. */
const sliceMs = 1;

/** What an object's publications consist of: a whole snapshot, and deltas that make newer ones of it. */
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
   * Reads a snapshot, or only what it has beside a known one that it continues.
   *
   * @param isNext whether the known one is what was published just before
   * @throws UnusableFile where it is damaged, encrypted with another key, or replaced by now
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
    if (!whole) throw new TypeError('a publication must have a part');
    return this.#continue(await this.#read(whole, readContent), deltas);
  }

  async #continue(content: SnapshotContent, parts: readonly Part[]): Promise<SnapshotContent> {
    const pace = new Pace({ sliceMs });
    const deltas: Delta[] = [];
    for (const part of parts) deltas.push(await this.#read(part, readDelta));
    const delta = await composeDeltas(deltas, pace);
    return delta ? applyDelta(content, delta, pace) : content;
  }

  /**
   * Writes what a snapshot has beside the known one, as long as that is less than all of it.
   *
   * @param known what is published; undefined where that is not at hand
   * @returns what the snapshot consists of
   */
  async write(
    snapshot: ColumnarSnapshot,
    known: KnownParts | undefined,
  ): Promise<Pick<Publication, 'parts' | 'step'>> {
    const whole = () => this.#write((out) => writeContent(out, snapshot.content));
    if (!known) return { parts: [await whole()] };
    const { fields } = this.#options;
    const delta = await deltaBetween(known.snapshot, snapshot, fields, new Pace({ sliceMs }));
    if (isEmptyDelta(delta)) return { parts: known.parts };
    const changed = (delta.removed.length + delta.positions.length) / 2;
    if (changed > largestChange * snapshot.rowCount) return { parts: [await whole()] };
    const step = await this.#write((out) => writeDelta(out, delta));
    return isFull(known.parts) ? { parts: [await whole()], step } : { parts: [...known.parts, step] };
  }

  async #read<T>(part: Part, read: Parameters<typeof readSealed<T>>[3]): Promise<T> {
    const { place, object, key } = this.#options;
    const content = await readSealed(new BlockFileReader(place, object, part), part.byteLength, key, read);
    this.#bytesRead += part.byteLength;
    return content;
  }

  async #write(write: Parameters<typeof writeSealed>[2]): Promise<Part> {
    const { place, object, key } = this.#options;
    const file = new BlockFileWriter(place, object);
    await writeSealed(file, key, write);
    const part = await file.end();
    this.#bytesWritten += part.byteLength;
    return part;
  }
}

/**
 * Reads a part only to see whether that can be done.
 *
 * @param isWhole whether it is a whole snapshot, and not a delta
 * @throws UnusableFile where it is damaged, or encrypted with another key
 */
export async function verifyPart(
  place: Pick<ExchangePlace, 'getBlocks'>,
  object: string,
  part: Part,
  { key, isWhole }: { readonly key: SnapshotKey | undefined; readonly isWhole: boolean },
): Promise<void> {
  const read = isWhole ? readContent : readDelta;
  await readSealed<unknown>(new BlockFileReader(place, object, part), part.byteLength, key, read);
}

/** Whether so many deltas belong to a whole snapshot that another one is due. */
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
