/**
 * Uninitialised memory, to be overwritten completely before it is read. Filling it with zeros first would block the
 * event loop for a millisecond for every few megabytes.
 */
export function unwritten(byteLength: number): ArrayBuffer {
  const { buffer } = Buffer.allocUnsafeSlow(byteLength);
  return buffer;
}
