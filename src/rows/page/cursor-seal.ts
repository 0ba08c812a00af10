import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { IdentitySeal } from '../store/view.ts';

/** The lengths of AES-GCM's nonce and tag: NIST SP 800-38D. */
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

/**
 * Encrypts the identities of rows in cursors, so that a cursor reveals nothing to callers who may not read the identity,
 * and cannot be forged. Sealing is deterministic: a row always has the same cursor.
 */
export class CursorSeal implements IdentitySeal {
  readonly #key: Buffer;

  /** @param secret shared by all gateways that are to open each other's cursors; without it the key is random */
  constructor(secret?: string) {
    this.#key =
      secret === undefined
        ? randomBytes(keyLength)
        : Buffer.from(hkdfSync('sha256', secret, '', 'fdw-graphql cursors', keyLength));
  }

  seal(identity: string): string {
    const nonce = createHmac('sha256', this.#key).update(identity).digest().subarray(0, nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = [cipher.update(identity, 'utf8'), cipher.final()];
    return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** The identity; undefined if the text was sealed with another secret, or is something else. */
  open(text: string): string | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < nonceLength + tagLength) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, nonceLength));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      const opened = [decipher.update(bytes.subarray(nonceLength, -tagLength)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
