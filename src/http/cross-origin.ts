import { ConfigurationError } from '../errors.ts';

/** What answers a browser that asks whether a page of another origin may use the gateway. */
export type CorsPolicy = (request: {
  readonly headers: { get(name: string): string | null };
}) => CorsHeaders | false;

/** The part of Yoga's CORS options that is used. */
export interface CorsHeaders {
  readonly origin: string;
  readonly methods: string[];
  readonly exposedHeaders: string[];
  readonly maxAge: number;
  readonly credentials: boolean;
}

/**
 * Request headers of which one must be there where a browser would send the request without asking first, which
 * keeps other origins from causing work. What GraphQL clients send already is accepted.
 */
export const csrfHeaders: readonly string[] = [
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-preflight',
];

/**
 * The CORS policy for a list of origins, of which `*` is any. Without one, no other origin is let in. Credentials
 * are never allowed: tokens come in a header that the page itself sets.
 *
 * @param origins such as `https://app.example`
 * @throws ConfigurationError where one is not an origin
 */
export function createCorsPolicy(origins: readonly string[]): CorsPolicy {
  for (const origin of origins) assertOrigin(origin);
  const allowed: CorsHeaders = {
    // Echoes the caller's origin, with `Vary: Origin`, which is right for every origin that gets this far. A list
    // would answer `null` to all others, which is the very origin of a sandboxed frame.
    origin: '*',
    methods: ['GET', 'POST', 'OPTIONS'],
    exposedHeaders: ['Age', 'Retry-After'],
    maxAge: 600,
    credentials: false,
  };
  return (request) => {
    const origin = request.headers.get('origin');
    return origin !== null && (origins.includes('*') || origins.includes(origin)) ? allowed : false;
  };
}

function assertOrigin(origin: string): void {
  if (origin === '*') return;
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin;
  if (!isOrigin) {
    throw new ConfigurationError(
      `--cors-origin must be * or an origin such as https://app.example, but got ${JSON.stringify(origin)}`,
    );
  }
}
