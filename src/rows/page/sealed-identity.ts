import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** AES-GCM takes nonces of this length, and its tag has this one: NIST SP 800-38D. */
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;
/** Gateways of one process are few. */
const mostKeys = 8;

/** The first seals; all open, so that gateways of one process do not close each other's cursors. */
const keys: Buffer[] = [];

/** From now on identities are sealed with a key that this secret gives, on every machine that is told it. */
export function useCursorSecret(secret: string): void {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'fdw-graphql cursors', keyLength));
  if (keys[0]?.equals(key)) return;
  keys.unshift(key);
  keys.length = Math.min(keys.length, mostKeys);
}

/** Without a secret the key is made when it is first needed, and what was sealed is good while the process runs. */
function sealingKey(): Buffer {
  const [key = randomBytes(keyLength)] = keys;
  if (keys.length === 0) keys.push(key);
  return key;
}

/**
 * A row's identity, sealed: whoever may not read it learns nothing from the cursor that holds it, and nobody else
 * can make one. The same identity is always sealed alike, so that a row has one cursor.
 */
export function sealIdentity(identity: string): string {
  const key = sealingKey();
  const nonce = createHmac('sha256', key).update(identity).digest().subarray(0, nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = [cipher.update(identity, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
}

/** The identity that was sealed; undefined where it was sealed with another key. */
export function openIdentity(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < nonceLength + tagLength) return undefined;
  for (const key of keys) {
    const identity = openWith(key, bytes);
    if (identity !== undefined) return identity;
  }
  return undefined;
}

function openWith(key: Buffer, bytes: Buffer): string | undefined {
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
