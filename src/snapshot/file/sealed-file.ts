import { BlockReader, type ReadableFile } from './block-reader.ts';
import { BlockWriter, type WritableFile } from './block-writer.ts';
import type { SnapshotKey } from './key.ts';
import { newPreamble, preambleLength, readPreamble } from './preamble.ts';
import { DamagedContent, UnusableFile } from './unusable-file.ts';

/** Writes a sealed file, encrypted if there is a key. `readSealed` reads it. */
export async function writeSealed(
  file: WritableFile,
  key: SnapshotKey | undefined,
  write: (out: BlockWriter) => Promise<void>,
): Promise<void> {
  const { preamble, seal } = await newPreamble(key);
  await file.write(preamble);
  const out = new BlockWriter(file, seal);
  await write(out);
  await out.end();
}

/**
 * Reads a file that `writeSealed` has written. Its content is returned only once the seal is verified.
 *
 * @param size of the file, in bytes
 * @throws UnusableFile if it is something else, is damaged, or was written with another key
 */
export async function readSealed<T>(
  file: ReadableFile,
  size: number,
  key: SnapshotKey | undefined,
  read: (input: BlockReader) => Promise<T>,
): Promise<T> {
  const preamble = Buffer.alloc(preambleLength);
  const { bytesRead } = await file.read(preamble, 0, preambleLength, 0);
  const unseal = await readPreamble(preamble.subarray(0, bytesRead), key);
  const input = new BlockReader(file, unseal, preambleLength, size);
  try {
    const content = await read(input);
    await input.end();
    return content;
  } catch (error) {
    const isDamaged = error instanceof DamagedContent || error instanceof RangeError;
    throw isDamaged ? new UnusableFile(unseal.damage) : error;
  }
}
