import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Authenticator } from '../../auth/authenticator.ts';
import { UnauthenticatedError } from '../../errors.ts';
import { type HttpReply, type HttpRequest, headerOf } from '../message.ts';
import { type OverviewPorts, overviewFor } from './overview.ts';

/** Serves GraphiQL, without any resources of other hosts. */
export interface GraphiQLPage {
  /**
   * @param request to GraphQL's path. `?graphiql=` names a part of the page
   * @returns the page, or the part of it, that a browser has requested; undefined for other requests
   */
  answer(request: HttpRequest): Promise<HttpReply> | undefined;
}

/** What the page depends on. */
export interface GraphiQLOptions {
  /** Whether clients may introspect the schema, which GraphiQL needs; otherwise the page says how to enable it. */
  readonly introspection: () => boolean;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly ports: OverviewPorts;
}

/** The page's files, which are published with the package. */
const assets = new URL('../../../assets/graphiql/', import.meta.url);

/** The parts of the page. None contains a name from the catalog: these are only in the overview, for callers who may read them. */
const parts = {
  'page.js': { type: 'text/javascript', load: () => compressed('page.js') },
  'page.css': { type: 'text/css', load: () => compressed('page.css') },
  // Several megabytes, compressed by `scripts/bundle-graphiql.mjs`.
  'graphiql.js': { type: 'text/javascript', load: () => asset('vendor/graphiql.js.gz') },
  'graphiql.css': { type: 'text/css', load: () => asset('vendor/graphiql.css.gz') },
} as const satisfies Record<string, { type: string; load: () => Promise<Buffer> }>;

/** Creates the page. */
export function createGraphiQLPage({ introspection, authenticator, ports }: GraphiQLOptions): GraphiQLPage {
  const page = staticFile('text/html', () => compressed('page.html'));
  const off = staticFile('text/html', () => compressed('off.html'));
  const files = new Map(
    Object.entries(parts).map(([name, { type, load }]) => [name, staticFile(type, load)]),
  );
  return {
    answer(request) {
      if (request.method !== 'GET') return undefined;
      const part = partOf(request);
      if (part === null) return wantsHtml(request) ? (introspection() ? page : off)(request) : undefined;
      // The page polls this.
      if (part === 'overview' && introspection()) return overview(request);
      return files.get(part)?.(request);
    },
  };

  async function overview(request: HttpRequest): Promise<HttpReply> {
    try {
      const caller = await authenticator.authenticate(headerOf(request, 'authorization') ?? null);
      return json(200, overviewFor(caller, ports));
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      return json(401, { message: error.message });
    }
  }
}

/** The requested part of the page; null for a query, or the page itself. */
function partOf({ url }: HttpRequest): string | null {
  const start = url.indexOf('?');
  return start < 0 ? null : new URLSearchParams(url.slice(start)).get('graphiql');
}

function wantsHtml(request: HttpRequest): boolean {
  return /\btext\/html\b/.test(headerOf(request, 'accept') ?? '');
}

function json(status: number, value: object): HttpReply {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    },
    body: JSON.stringify(value),
  };
}

/** Only the gateway's own scripts may run in the page. GraphiQL's editor creates its workers and styles. */
const contentSecurity = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  'worker-src blob:',
  "frame-ancestors 'none'",
].join('; ');

/** Answers with a file that is loaded on the first request. */
function staticFile(type: string, load: () => Promise<Buffer>): (request: HttpRequest) => Promise<HttpReply> {
  let loading: Promise<Buffer> | undefined;
  return async (request) => {
    loading ??= load();
    const file = await loading.catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const etag = `"${createHash('sha256').update(file).digest('base64url')}"`;
    const headers = {
      etag,
      'cache-control': 'no-cache',
      vary: 'Accept, Accept-Encoding',
      'content-security-policy': contentSecurity,
      'x-content-type-options': 'nosniff',
    };
    if (headerOf(request, 'if-none-match') === etag) return { status: 304, headers, body: '' };
    const isCompressed = acceptsGzip(headerOf(request, 'accept-encoding') ?? '');
    return {
      status: 200,
      headers: {
        ...headers,
        'content-type': `${type}; charset=utf-8`,
        ...(isCompressed && { 'content-encoding': 'gzip' }),
      },
      body: isCompressed ? file : await promisify(gunzip)(file),
    };
  };
}

/** Whether the client accepts gzip, which every browser does. */
function acceptsGzip(acceptEncoding: string): boolean {
  return /(^|,)\s*(gzip|\*)\s*(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(acceptEncoding);
}

function asset(name: string): Promise<Buffer> {
  return readFile(new URL(name, assets));
}

async function compressed(name: string): Promise<Buffer> {
  return promisify(gzip)(await asset(name));
}
