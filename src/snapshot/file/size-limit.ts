/** What a sealed snapshot may take besides its estimated size, as a share: names in its dictionaries are estimated by characters. */
const tolerance = 0.25;
/** The same for what does not grow with the rows: the seal, and the names of fields and attributes. */
const fixed = 2 ** 20;

/**
 * The most bytes that a file or a published part may have. A longer one is not read at all, since a damaged length would
 * otherwise take as much memory as the file claims.
 *
 * @param maxSnapshotBytes the size of the largest snapshot that a scan may make
 */
export function longestSealed(maxSnapshotBytes: number): number {
  return Math.floor(maxSnapshotBytes * (1 + tolerance)) + fixed;
}

/** Why something of more than `longestSealed` bytes is not read; worded to follow "the snapshot file". */
export function tooLong(byteLength: number, maxSnapshotBytes: number): string {
  return `has ${byteLength} bytes, more than a snapshot of ${maxSnapshotBytes} bytes takes (--max-snapshot-bytes)`;
}
