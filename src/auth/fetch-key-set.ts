import { createPublicKey } from 'node:crypto';
import type { FetchImplementation } from 'jose';
import { Pace } from '../columns/pace.ts';
import type { Observe } from '../observation.ts';
import { isPlainObject } from '../values/plain-object.ts';
import { counted } from '../wording.ts';

/** The maximum size of a key set in bytes: hundreds of keys with their certificates. */
const maxKeySetBytes = 2 ** 20;

/** The maximum number of keys. Issuers publish fewer than 20, and checking one may take a millisecond. */
const mostKeys = 100;

/** The number of skipped keys that a log line names. */
const namedKeys = 10;

/** The fewest bits of an RSA key (RFC 7518, sections 3.3 and 3.5). Node also reads keys of none, whose text is not base64url. */
const leastRsaBits = 2048;

/**
 * Fetches a key set for jose, and skips invalid keys, so that one of them does not affect the others. Skipped keys are
 * observed whenever they change.
 *
 * @param name the name of the URL in observations
 */
export function createKeySetFetch(name: string, observe: Observe): FetchImplementation {
  let observed = '';

  return async (url, options) => {
    const response = await fetch(url, options);
    if (response.status !== 200) return response;
    const set: unknown = JSON.parse(await readBounded(response));
    // jose reports what is wrong with a set without a list of keys.
    if (!isPlainObject(set) || !Array.isArray(set.keys)) return Response.json(set);
    const { usable, complaints } = await checkKeys(set.keys.slice(0, mostKeys));
    const further = set.keys.length - mostKeys;
    if (further > 0) complaints.push(`${counted(further, 'key')} after the first ${mostKeys} are not read`);
    const message = summaryOf(complaints);
    if (message !== '' && message !== observed) observe({ event: 'keys-skipped', url: name, message });
    observed = message;
    return Response.json({ keys: usable });
  };
}

/** Checks keys, pausing between them: an elliptic curve takes a millisecond. */
async function checkKeys(keys: readonly unknown[]) {
  const usable: unknown[] = [];
  const complaints: string[] = [];
  const pace = new Pace();
  for (const [index, key] of keys.entries()) {
    const complaint = whyUnusable(key);
    if (complaint === undefined) usable.push(key);
    else complaints.push(`key ${index + 1}${kidOf(key)} ${complaint}`);
    if (pace.due) await pace.pause();
  }
  return { usable, complaints };
}

function summaryOf(complaints: readonly string[]): string {
  const named = complaints.slice(0, namedKeys).join('; ');
  const others = complaints.length - namedKeys;
  return others > 0 ? `${named}; and ${counted(others, 'other problem')}` : named;
}

async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > maxKeySetBytes) throw new Error(`the key set is longer than ${maxKeySetBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function whyUnusable(key: unknown): string | undefined {
  if (!isPlainObject(key)) return 'is not an object';
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: key, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && bits < leastRsaBits
      ? `has ${bits} bits instead of ${leastRsaBits}`
      : undefined;
  } catch {
    return 'is not a public key';
  }
}

/** A key's id for a log line: shortened, and without control characters. */
function kidOf(key: unknown): string {
  return isPlainObject(key) && typeof key.kid === 'string'
    ? ` (${JSON.stringify(key.kid.slice(0, 100))})`
    : '';
}
