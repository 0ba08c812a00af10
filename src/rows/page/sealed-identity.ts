import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** AES-GCM takes nonces of this length, and its tag has this one: NIST SP 800-38D. */
const nonceLength = 12;
const tagLength = 16;

/** Made when it is first needed, so that what was sealed is good for as long as the process runs. */
let key: Buffer | undefined;

/**
 * A row's identity, sealed: whoever may not read it learns nothing from the cursor that holds it, and nobody else
 * can make one. The same identity is always sealed alike, so that a row has one cursor.
 */
export function sealIdentity(identity: string): string {
  key ??= randomBytes(32);
  const nonce = createHmac('sha256', key).update(identity).digest().subarray(0, nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = [cipher.update(identity, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
}

/** The identity that was sealed; undefined where this process has not sealed it. */
export function openIdentity(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (!key || bytes.length < nonceLength + tagLength) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceLength));
    decipher.setAuthTag(bytes.subarray(-tagLength));
    return Buffer.concat([
      decipher.update(bytes.subarray(nonceLength, -tagLength)),
      decipher.final(),
    ]).toString('utf8');
  } catch {
    return undefined;
  }
}
