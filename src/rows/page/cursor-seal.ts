import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** AES-GCM takes nonces of this length, and its tag has this one: NIST SP 800-38D. */
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

/**
 * Seals the identities of rows in cursors: whoever may not read an identity learns nothing from the cursor that holds
 * it, and nobody else can make one. The same identity is always sealed alike, so that a row has one cursor.
 */
export class CursorSeal {
  readonly #key: Buffer;

  /** @param secret what every gateway that is to open these cursors has; without it, nobody else opens them */
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

  /** The identity that was sealed; undefined where it was sealed with another secret. */
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
