import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import { type HttpReply, headerOf } from '../http/message.ts';
import { type GatewayStatus, noCatalogYet } from './status.ts';
import { type Actions, renderStatusPage } from './status-page.ts';

/** The gateway, as its admin port needs it. */
export interface AdministeredGateway {
  status(): GatewayStatus;
  /** Returns whether there is such a table. */
  refresh(table?: string): boolean;
  /** Reads the catalog again; absent if it is only read once. */
  readonly reload?: () => Promise<void>;
}

/** What the admin port shows. */
export interface AdminPorts {
  /** Undefined until the catalog has been read. */
  readonly gateway: () => AdministeredGateway | undefined;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Receives unexpected errors. */
  readonly onError: (error: unknown) => void;
}

type AdminRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;
type Handler = (request: AdminRequest, ports: AdminPorts) => HttpReply | Promise<HttpReply>;

const routes: Readonly<Record<string, { readonly GET?: Handler; readonly POST?: Handler }>> = {
  '/live': { GET: () => json(200, { live: true }) },
  '/ready': { GET: ready },
  '/metrics': { GET: metrics },
  '/status': { GET: status },
  '/': { GET: page },
  '/reload': { POST: reload },
  '/refresh': { POST: refresh },
};

/** Answers a request to the admin port. */
export async function answerAdmin(request: AdminRequest, ports: AdminPorts): Promise<HttpReply> {
  const { pathname } = urlOf(request);
  const route = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
  if (!route) return json(404, { error: `not found; the admin port has ${Object.keys(routes).join(', ')}` });
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = method === 'GET' || method === 'POST' ? route[method] : undefined;
  if (!handler) {
    const allow = Object.keys(route).join(', ');
    return { ...json(405, { error: `the method must be ${allow}` }), headers: { ...jsonHeaders, allow } };
  }
  if (method === 'POST' && !isOwnPage(request)) {
    return json(403, { error: 'requests from the pages of other sites are rejected' });
  }
  return handler(request, ports);
}

function ready(_: AdminRequest, { gateway }: AdminPorts): HttpReply {
  const current = gateway()?.status();
  const reasons = current ? current.reasons : [noCatalogYet];
  return json(reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
}

async function metrics(_: AdminRequest, { metrics: source }: AdminPorts): Promise<HttpReply> {
  return {
    status: 200,
    headers: { 'content-type': source.contentType, 'cache-control': 'no-store' },
    body: await source.render(),
  };
}

function status(_: AdminRequest, { gateway }: AdminPorts): HttpReply {
  const current = gateway()?.status();
  return current ? json(200, current) : json(503, { ready: false, reasons: [noCatalogYet] });
}

function page(_: AdminRequest, { gateway }: AdminPorts): HttpReply {
  const current = gateway();
  if (!current) return { ...text(503, noCatalogYet.message), headers: { ...textHeaders, refresh: '2' } };
  return statusPageReply(current.status(), { refresh: true, reload: current.reload !== undefined });
}

/** The status as an answer for people. */
export function statusPageReply(current: GatewayStatus, actions: Actions): HttpReply {
  const { html, contentSecurityPolicy } = renderStatusPage(current, actions);
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: html,
  };
}

async function reload(request: AdminRequest, { gateway }: AdminPorts): Promise<HttpReply> {
  const current = gateway();
  if (!current) return json(503, { error: noCatalogYet.message });
  if (!current.reload) return json(501, { error: 'this catalog is only read at the start' });
  try {
    await current.reload();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return json(503, { error: `the catalog cannot be read again: ${error.message}` });
  }
  return done(request, { reloaded: true });
}

function refresh(request: AdminRequest, { gateway }: AdminPorts): HttpReply {
  const current = gateway();
  if (!current) return json(503, { error: noCatalogYet.message });
  const table = urlOf(request).searchParams.get('table') ?? undefined;
  if (current.refresh(table)) return done(request, { refreshing: table ?? 'all' });
  const tables = current.status().tables.map(({ schema, name }) => `${schema}.${name}`);
  return json(404, {
    error: `table must be one of ${tables.join(', ') || 'none'}, but got ${table ?? 'none'}`,
  });
}

/** A button of the page leads back to the page. */
function done(request: AdminRequest, result: object): HttpReply {
  return wantsHtml(request) ? { status: 303, headers: { location: '/' }, body: '' } : json(202, result);
}

/**
 * Whether the request does not come from a page of another site. Browsers say where a request comes from; other clients send
 * neither header.
 */
function isOwnPage({ headers }: AdminRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function wantsHtml(request: AdminRequest): boolean {
  return /\btext\/html\b/.test(headerOf(request, 'accept') ?? '');
}

function urlOf({ url = '/' }: AdminRequest): URL {
  return new URL(url.startsWith('/') ? `http://admin${url.replace(/^\/+/, '/')}` : 'http://admin/?');
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
const textHeaders = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

function json(status: number, body: object): HttpReply {
  return { status, headers: jsonHeaders, body: `${JSON.stringify(body)}\n` };
}

function text(status: number, body: string): HttpReply {
  return { status, headers: textHeaders, body: `${body}\n` };
}
