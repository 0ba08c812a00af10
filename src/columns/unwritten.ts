/**
 * Memory that is written whole before anything of it is read. Filling what a large column takes with zeros first would
 * hold the event loop for a millisecond for every few megabytes.
 */
export function unwritten(byteLength: number): ArrayBuffer {
  const { buffer } = Buffer.allocUnsafeSlow(byteLength);
  return buffer;
}
