import { BlockReader, type ReadableFile } from './block-reader.ts';
import { BlockWriter, type WritableFile } from './block-writer.ts';
import type { SnapshotKey } from './key.ts';
import { newPreamble, preambleLength, readPreamble } from './preamble.ts';
import { DamagedContent, UnusableFile } from './unusable-file.ts';

/** Writes what `readSealed` reads, encrypted where there is a key. */
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
 * Reads what `writeSealed` wrote. Nothing that was read is given out before its seal is verified.
 *
 * @param size the file's, in bytes
 * @throws UnusableFile where it is something else, is damaged, or was written with another key
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
