import { createHash } from 'node:crypto';
import type { ReadableFile } from '../file/block-reader.ts';
import type { SnapshotKey } from '../file/key.ts';
import { readSealed, type Sealing, writeSealed } from '../file/sealed-file.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import type { Part, Position, Publication, Published } from './place.ts';

/** What a publication's seal covers besides its object and position. */
export type SealedFacts = Omit<Publication, 'seal'>;

/** Far more than the characters of a seal, which does not grow with the publication. */
const longestSeal = 1_000;

/**
 * Seals what a place says of a publication, so that a place without the key can change neither its age and statistics, by which
 * gateways decide how long to serve it, nor its order, nor what it consists of.
 *
 * @returns a sealed file in base64
 */
export async function sealPublication(
  object: string,
  position: Position,
  facts: SealedFacts,
  key: SnapshotKey | undefined,
): Promise<string> {
  const written: Uint8Array[] = [];
  const file = {
    async write(bytes: Uint8Array) {
      written.push(Uint8Array.from(bytes));
      return { bytesWritten: bytes.length };
    },
  };
  await writeSealed(file, sealingOf(object, key), (out) => out.bytes(digestOf(position, facts)));
  return Buffer.concat(written).toString('base64');
}

/**
 * Verifies that a publication is what a gateway with this key has published of this object, at this position.
 *
 * @throws UnusableFile if it is not
 */
export async function assertSealed(
  object: string,
  { position, beganAt, publication }: Published,
  key: SnapshotKey | undefined,
): Promise<void> {
  const { seal } = publication;
  if (typeof seal !== 'string' || seal.length > longestSeal) throw new UnusableFile('has no seal');
  const bytes = Buffer.from(seal, 'base64');
  const digest = digestOf(position, { ...publication, beganAt });
  const found = await readSealed(fileOf(bytes), bytes.length, sealingOf(object, key), (input) =>
    input.bytes(digest.length),
  );
  if (!digest.equals(new Uint8Array(found))) {
    throw new UnusableFile('has another age, position or content than was published');
  }
  // Without a key, anybody can make a seal.
  const { rows, pages, requests, throttles, durationMs } = publication.stats;
  const counts = [rows, pages, requests, throttles, durationMs];
  const areCounts = counts.every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!areCounts || !Number.isFinite(beganAt)) throw new UnusableFile('has impossible statistics');
}

function sealingOf(object: string, key: SnapshotKey | undefined): Sealing {
  return { key, subject: JSON.stringify(['publication', object]) };
}

/** Does not depend on the order of members, which a place may change. */
function digestOf({ incarnation, sequence }: Position, { beganAt, stats, parts, step }: SealedFacts): Buffer {
  const { rows, pages, requests, throttles, durationMs } = stats;
  const facts = [
    incarnation,
    sequence,
    // A place may keep fractions of a millisecond less precisely.
    Math.round(beganAt),
    [rows, pages, requests, throttles, durationMs],
    parts.map(described),
    step ? described(step) : null,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest();
}

function described({ byteLength, blocks }: Part): readonly unknown[] {
  return [byteLength, blocks];
}

function fileOf(bytes: Uint8Array): ReadableFile {
  return {
    async read(target, offset, length, position) {
      const part = bytes.subarray(position, position + length);
      target.set(part, offset);
      return { bytesRead: part.length };
    },
  };
}
