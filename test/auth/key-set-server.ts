import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** A private key whose public half can be published under `kid`. */
export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export async function createSigningKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** A token signed with the key; `header` may contradict it. */
export function sign(
  key: { readonly alg: string; readonly kid: string; readonly privateKey: CryptoKey | Uint8Array },
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

/** A real HTTP server that publishes a key set, and counts how often it was asked. */
export interface KeySetServer {
  readonly url: string;
  readonly requests: number;
  /** What it publishes from now on. */
  publish(...keys: readonly SigningKey[]): void;
  /** Answers otherwise from now on. */
  answer(listener: RequestListener): void;
  close(): Promise<void>;
}

export async function startKeySetServer(...published: readonly SigningKey[]): Promise<KeySetServer> {
  let requests = 0;
  let listener = publisher(published);
  const server = createServer((request, response) => {
    requests++;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = address(server.address());
  return {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    get requests() {
      return requests;
    },
    publish(...keys) {
      listener = publisher(keys);
    },
    answer(next) {
      listener = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function publisher(keys: readonly SigningKey[]): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  };
}

function address(value: string | AddressInfo | null): AddressInfo {
  if (typeof value !== 'object' || value === null) throw new Error('the server must listen on a port');
  return value;
}
