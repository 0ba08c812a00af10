import { randomBytes } from 'node:crypto';
import { type SnapshotKey, saltLength } from './key.ts';
import {
  cipherSeal,
  cipherUnseal,
  nonceLength,
  plainSeal,
  plainUnseal,
  type Seal,
  type Unseal,
} from './seal.ts';
import { UnusableFile } from './unusable-file.ts';

/**
 * The length of a file's preamble: eight characters that identify the format, its version, whether the file is encrypted, and
 * the salt and nonce of the encryption. The seal covers the preamble, too.
 */
export const preambleLength = 8 + 4 + 4 + saltLength + nonceLength;

const magic = Buffer.from('fdw-snap');
/** To be changed with every change of the format. */
export const formatVersion = 2;
const versionAt = magic.length;
const encryptedAt = versionAt + 4;
const saltAt = encryptedAt + 4;
const nonceAt = saltAt + saltLength;

/** The preamble of a new file, and the seal for its blocks. */
export async function newPreamble(
  key: SnapshotKey | undefined,
): Promise<{ readonly preamble: Buffer; readonly seal: Seal }> {
  const preamble = Buffer.alloc(preambleLength);
  magic.copy(preamble);
  writeNumber(preamble, versionAt, formatVersion);
  if (!key) return { preamble, seal: plainSeal(preamble) };
  writeNumber(preamble, encryptedAt, 1);
  preamble.set(key.salt, saltAt);
  randomBytes(nonceLength).copy(preamble, nonceAt);
  const { salt, nonce } = secretsOf(preamble);
  return { preamble, seal: cipherSeal(preamble, await key.forSalt(salt), nonce) };
}

/**
 * Unseals the file that begins with this preamble.
 *
 * @throws UnusableFile if it is not a file of this format, or the key does not fit
 */
export async function readPreamble(preamble: Buffer, key: SnapshotKey | undefined): Promise<Unseal> {
  if (preamble.length < preambleLength || !preamble.subarray(0, magic.length).equals(magic)) {
    throw new UnusableFile('is not a snapshot file');
  }
  if (readNumber(preamble, versionAt) !== formatVersion) throw new UnusableFile('has another format');
  const isEncrypted = readNumber(preamble, encryptedAt) === 1;
  if (isEncrypted && !key) throw new UnusableFile('is encrypted, and there is no key');
  if (!isEncrypted && key) throw new UnusableFile('is not encrypted, although there is a key');
  if (!key) return plainUnseal(preamble);
  const { salt, nonce } = secretsOf(preamble);
  return cipherUnseal(preamble, await key.forSalt(salt), nonce);
}

function secretsOf(preamble: Buffer): { readonly salt: Buffer; readonly nonce: Buffer } {
  return { salt: preamble.subarray(saltAt, nonceAt), nonce: preamble.subarray(nonceAt) };
}

/**
 * Numbers have the machine's byte order, like the columns, so that a machine with the other order finds a version that it does
 * not know.
 */
function writeNumber(target: Buffer, at: number, value: number): void {
  target.set(new Uint8Array(Uint32Array.of(value).buffer), at);
}

function readNumber(source: Buffer, at: number): number {
  return new Uint32Array(Uint8Array.from(source.subarray(at, at + 4)).buffer)[0] ?? 0;
}
