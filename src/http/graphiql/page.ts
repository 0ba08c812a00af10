import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Authenticator } from '../../auth/authenticator.ts';
import { UnauthenticatedError } from '../../errors.ts';
import { type HttpReply, type HttpRequest, headerOf } from '../message.ts';
import { type OverviewPorts, overviewFor } from './overview.ts';

/** Serves GraphiQL, which needs nothing from any other host. */
export interface GraphiQLPage {
  /**
   * @param request one to GraphQL's address, whatever that is: the page's parts are told apart by `?graphiql=`
   * @returns the answer to a browser that wants the page, or to the page that wants its parts; undefined for others
   */
  answer(request: HttpRequest): Promise<HttpReply> | undefined;
}

/** What the page is made of. */
export interface GraphiQLOptions {
  /** Whether clients may introspect the schema, which GraphiQL lives on; else the page says how to change that. */
  readonly introspection: () => boolean;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly ports: OverviewPorts;
}

/** What is published with the package. */
const assets = new URL('../../../assets/graphiql/', import.meta.url);

/** The page's parts. None of them holds a name of the catalog: those are in the overview, for who may read it. */
const parts = {
  'page.js': { type: 'text/javascript', load: () => compressed('page.js') },
  'page.css': { type: 'text/css', load: () => compressed('page.css') },
  // Some megabytes, which `scripts/bundle-graphiql.mjs` has compressed.
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
      // What the page asks for again and again: what there is, how fresh it is, and what could be asked.
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

/** Which part of the page is asked for; null where none is, but a query or the page itself. */
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

/** Only what the gateway itself serves may run in the page. GraphiQL's editor makes its workers and styles itself. */
const contentSecurity = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  'worker-src blob:',
  "frame-ancestors 'none'",
].join('; ');

/** Answers with a file that is loaded once, when it is first asked for. */
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

/** Every browser does; what says nothing, or `gzip;q=0`, gets the text as it is. */
function acceptsGzip(acceptEncoding: string): boolean {
  return /(^|,)\s*(gzip|\*)\s*(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(acceptEncoding);
}

function asset(name: string): Promise<Buffer> {
  return readFile(new URL(name, assets));
}

async function compressed(name: string): Promise<Buffer> {
  return promisify(gzip)(await asset(name));
}
