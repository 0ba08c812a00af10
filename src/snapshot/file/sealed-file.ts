import { createHash } from 'node:crypto';
import { BlockReader, type ReadableFile } from './block-reader.ts';
import { BlockWriter, type WritableFile } from './block-writer.ts';
import type { SnapshotKey } from './key.ts';
import { newPreamble, preambleLength, readPreamble } from './preamble.ts';
import { DamagedContent, UnusableFile } from './unusable-file.ts';

/** What a sealed file is sealed with. */
export interface Sealing {
  /** Encrypts it; undefined if it has only a checksum. */
  readonly key: SnapshotKey | undefined;
  /** Says what the file is and whose, in full. A file of another subject is not used. */
  readonly subject: string;
}

/** The bytes of a SHA-256. */
const digestLength = 32;

/** Writes a sealed file, encrypted if there is a key. `readSealed` reads it. */
export async function writeSealed(
  file: WritableFile,
  { key, subject }: Sealing,
  write: (out: BlockWriter) => Promise<void>,
): Promise<void> {
  const { preamble, seal } = await newPreamble(key);
  await file.write(preamble);
  const out = new BlockWriter(file, seal);
  // The subject itself may be of any length, which a damaged file could claim.
  await out.bytes(digestOf(subject));
  await write(out);
  await out.end();
}

/**
 * Reads a file that `writeSealed` has written. Its content is returned only once the seal is verified.
 *
 * @param size of the file, in bytes
 * @throws UnusableFile if it is something else, is damaged, has another subject, or was written with another key
 */
export async function readSealed<T>(
  file: ReadableFile,
  size: number,
  { key, subject }: Sealing,
  read: (input: BlockReader) => Promise<T>,
): Promise<T> {
  const preamble = Buffer.alloc(preambleLength);
  const { bytesRead } = await file.read(preamble, 0, preambleLength, 0);
  const unseal = await readPreamble(preamble.subarray(0, bytesRead), key);
  const input = new BlockReader(file, unseal, preambleLength, size);
  try {
    const digest = new Uint8Array(await input.bytes(digestLength));
    const content = await read(input);
    await input.end();
    // Only now is it known that the digest is not damaged.
    if (!digestOf(subject).equals(digest)) {
      throw new UnusableFile('belongs to another object, or has other columns');
    }
    return content;
  } catch (error) {
    const isDamaged = error instanceof DamagedContent || error instanceof RangeError;
    throw isDamaged ? new UnusableFile(unseal.damage) : error;
  }
}

function digestOf(subject: string): Buffer {
  return createHash('sha256').update(subject).digest();
}
