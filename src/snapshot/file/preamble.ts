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
 * How a file begins: eight characters that tell what it is, the version of its format, whether it is encrypted,
 * and the salt and nonce of its encryption. All of it is sealed with the blocks that follow.
 */
export const preambleLength = 8 + 4 + 4 + saltLength + nonceLength;

const magic = Buffer.from('fdw-snap');
/** Changes with every change of what a file holds. */
export const formatVersion = 1;
const versionAt = magic.length;
const encryptedAt = versionAt + 4;
const saltAt = encryptedAt + 4;
const nonceAt = saltAt + saltLength;

/** A preamble of its own for a new file, and what seals the file. */
export async function newPreamble(
  key: SnapshotKey | undefined,
): Promise<{ readonly preamble: Buffer; readonly seal: Seal }> {
  const preamble = Buffer.alloc(preambleLength);
  magic.copy(preamble);
  writeNumber(preamble, versionAt, formatVersion);
  if (!key) return { preamble, seal: plainSeal(preamble) };
  writeNumber(preamble, encryptedAt, 1);
  randomBytes(saltLength + nonceLength).copy(preamble, saltAt);
  const { salt, nonce } = secretsOf(preamble);
  return { preamble, seal: cipherSeal(preamble, await key.forSalt(salt), nonce) };
}

/**
 * What opens the file that begins like this.
 *
 * @throws UnusableFile where this gateway has not written it, or not with such a key
 */
export async function readPreamble(preamble: Buffer, key: SnapshotKey | undefined): Promise<Unseal> {
  if (preamble.length < preambleLength || !preamble.subarray(0, magic.length).equals(magic)) {
    throw new UnusableFile('is no snapshot file');
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
 * Numbers are in the machine's own byte order, as the columns are: on a machine with the other order the version
 * is another one.
 */
function writeNumber(target: Buffer, at: number, value: number): void {
  target.set(new Uint8Array(Uint32Array.of(value).buffer), at);
}

function readNumber(source: Buffer, at: number): number {
  return new Uint32Array(Uint8Array.from(source.subarray(at, at + 4)).buffer)[0] ?? 0;
}
