import { createSecretKey, type KeyObject, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { ConfigurationError } from '../../errors.ts';

/** The key that encrypts snapshot files. Its bytes are kept outside the JavaScript heap. */
export interface SnapshotKey {
  /** The salt of all files that this process writes, so that they need one key; each has its own nonce. */
  readonly salt: Uint8Array;
  /** The AES-256 key for the file with this salt. */
  forSalt(salt: Uint8Array): Promise<KeyObject>;
}

/** The bytes of a key for AES-256. */
const keyLength = 32;
/** NIST SP 800-132, section 5.1, asks for at least 16 bytes of salt. */
export const saltLength = 16;

/** OWASP's Password Storage Cheat Sheet: N = 2^15 with r = 8 asks for p = 3. */
const scryptCost: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };

/**
 * Reads a key: 64 hexadecimal digits or 44 characters of base64 are its 32 bytes; any other text is a passphrase.
 *
 * @throws ConfigurationError if the text is empty
 */
export function parseSnapshotKey(text: string): SnapshotKey {
  if (text === '') {
    throw new ConfigurationError(
      'the snapshot key is empty; it must be 32 bytes in hexadecimal or base64, or a passphrase',
    );
  }
  const bytes = keyBytes(text);
  const salt = randomBytes(saltLength);
  if (bytes) {
    const key = createSecretKey(bytes);
    return { salt, forSalt: async () => key };
  }
  return { salt, forSalt: derivedFrom(createSecretKey(text, 'utf8')) };
}

/** So many keys are kept: those of the processes that write what this one reads. */
const mostKeys = 64;

/** Derives the key of each salt once, because that is meant to take long. */
function derivedFrom(passphrase: KeyObject): SnapshotKey['forSalt'] {
  const keys = new Map<string, Promise<KeyObject>>();
  return (salt) => {
    const name = Buffer.from(salt).toString('hex');
    const key = keys.get(name) ?? derive(passphrase, salt);
    // The one that was used last is the last to go.
    keys.delete(name);
    keys.set(name, key);
    key.catch(() => keys.delete(name));
    const [oldest] = keys.keys();
    if (keys.size > mostKeys && oldest !== undefined) keys.delete(oldest);
    return key;
  };
}

function keyBytes(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[0-9a-z+/]{43}=$/i.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}

function derive(passphrase: KeyObject, salt: Uint8Array): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.export(), salt, keyLength, scryptCost, (error, key) => {
      if (error) reject(error);
      else resolve(createSecretKey(key));
    });
  });
}
