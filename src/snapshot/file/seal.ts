import { createCipheriv, createDecipheriv, createHash, type KeyObject } from 'node:crypto';

/** Transforms the blocks of a file before they are written, and makes a trailer that proves them complete. */
export interface Seal {
  seal(block: Uint8Array): Uint8Array;
  /** After the last block. */
  trailer(): Uint8Array;
}

/** The reverse. */
export interface Unseal {
  readonly trailerLength: number;
  /** What it means if the trailer does not fit the blocks; worded to follow "the snapshot file". */
  readonly damage: string;
  open(block: Uint8Array): Uint8Array;
  /** Whether the trailer fits the blocks. */
  verify(trailer: Uint8Array): boolean;
}

const hash = 'sha256';
const hashLength = 32;
const cipher = 'aes-256-gcm';
const tagLength = 16;
/** The bytes of a nonce, which must be used once only: NIST SP 800-38D, section 8.2. */
export const nonceLength = 12;

/** Leaves blocks as they are; the trailer is a checksum. */
export function plainSeal(preamble: Uint8Array): Seal {
  const checksum = createHash(hash).update(preamble);
  return {
    seal(block) {
      checksum.update(block);
      return block;
    },
    trailer: () => checksum.digest(),
  };
}

/** Undoes `plainSeal`. */
export function plainUnseal(preamble: Uint8Array): Unseal {
  const { seal, trailer: expected } = plainSeal(preamble);
  return {
    trailerLength: hashLength,
    damage: 'is damaged',
    open: seal,
    verify: (trailer) => Buffer.from(expected()).equals(trailer),
  };
}

/** Encrypts blocks; the trailer is an authentication tag. */
export function cipherSeal(preamble: Uint8Array, key: KeyObject, nonce: Uint8Array): Seal {
  const encryption = createCipheriv(cipher, key, nonce, { authTagLength: tagLength }).setAAD(preamble);
  return {
    seal: (block) => encryption.update(block),
    trailer() {
      encryption.final();
      return encryption.getAuthTag();
    },
  };
}

/** Undoes `cipherSeal`. */
export function cipherUnseal(preamble: Uint8Array, key: KeyObject, nonce: Uint8Array): Unseal {
  const decryption = createDecipheriv(cipher, key, nonce, { authTagLength: tagLength }).setAAD(preamble);
  return {
    trailerLength: tagLength,
    damage: 'is damaged, or was encrypted with another key',
    open: (block) => decryption.update(block),
    verify(trailer) {
      decryption.setAuthTag(trailer);
      try {
        decryption.final();
        return true;
      } catch {
        return false;
      }
    },
  };
}
