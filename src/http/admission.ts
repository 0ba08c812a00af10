import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Limits, limitSettings } from '../limits/limits.ts';
import { nestsTooDeep } from './body-nesting.ts';

/** Lets in as many requests as the limits allow, once they have arrived whole. */
export interface Admission {
  /** Requests that are being answered. */
  readonly active: number;
  /**
   * The listener as a listener of all requests. It is called only for those that are let in, whose body is then
   * `request.body`, a stream that is there already. The others are refused at once, without work.
   */
  guard(listener: GuardedListener): RequestListener;
}

/** A listener that returns, or resolves, when it has done its work. */
export type GuardedListener = (request: ArrivedRequest, response: ServerResponse) => unknown;

/** A request whose body, empty or not, has arrived whole. */
export type ArrivedRequest = IncomingMessage & {
  readonly chunks: readonly Buffer[];
  /** The same as a stream, made when first asked for. */
  readonly body: Readable;
};

/** Why a request is not let in. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds after which a refused client may come again. */
const retryAfterSeconds = 1;

/** How many times the largest body the bodies of all requests may hold together. */
const heldBodies = 32;
/** Bytes up to which a body is always taken, so that a few large ones keep no ordinary query out. */
const smallBody = 64 * 1024;

/**
 * Bodies are read before a request takes a place, so that slow ones take none, and are counted as they arrive, so
 * that neither one nor all of them together fill the memory.
 */
export function createAdmission(limits: Limits): Admission {
  const full = busy(limits);
  let active = 0;
  let heldBytes = 0;

  async function admit(request: IncomingMessage, response: ServerResponse, listener: GuardedListener) {
    if (active >= limits.concurrentRequests) return refuse(response, full);
    const body: Body = { chunks: [], bytes: 0 };
    try {
      const refusal = await receive(request, body);
      if (refusal) return refuse(response, refusal);
      if (active >= limits.concurrentRequests) return refuse(response, full);
      await answer(arrived(request, body.chunks), response, listener);
    } finally {
      heldBytes -= body.bytes;
    }
  }

  /** Takes the body in; returns why not, where it is too much. */
  async function receive(request: IncomingMessage, body: Body): Promise<Refusal | undefined> {
    if (bodyless.has(request.method ?? '')) return undefined;
    if (Number(request.headers['content-length']) > limits.bodyBytes) return tooLarge(limits);
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      body.bytes += chunk.length;
      heldBytes += chunk.length;
      const refusal = refusalOf(body);
      if (refusal) {
        // The rest is read and forgotten, because a client that still sends would miss the answer.
        request.resume();
        return refusal;
      }
      body.chunks.push(chunk);
    }
    return nestsTooDeep(body.chunks) ? tooDeep : undefined;
  }

  function refusalOf({ bytes }: Body): Refusal | undefined {
    if (bytes > limits.bodyBytes) return tooLarge(limits);
    return bytes > smallBody && heldBytes > heldBodies * limits.bodyBytes ? full : undefined;
  }

  async function answer(request: ArrivedRequest, response: ServerResponse, listener: GuardedListener) {
    active++;
    try {
      const work = Promise.resolve(listener(request, response));
      await Promise.race([isOver(response), work.then(() => isOver(response))]);
      // Where the client has gone before there was an answer, the work may go on.
      if (!response.headersSent) await work;
    } finally {
      active--;
    }
  }

  return {
    get active() {
      return active;
    },
    guard: (listener) => (request, response) => {
      // What fails here is the connection, and with it the only one who could be told.
      admit(request, response, listener).catch(() => response.destroy());
    },
  };
}

function arrived(request: IncomingMessage, chunks: readonly Buffer[]): ArrivedRequest {
  let body: Readable | undefined;
  const lazily = {
    get() {
      body ??= Readable.from(chunks);
      return body;
    },
  };
  const received = Object.defineProperty(Object.assign(request, { chunks }), 'body', lazily);
  if (hasBody(received)) return received;
  throw new TypeError('a request that has arrived must have a body, but has none');
}

function hasBody(
  request: IncomingMessage & { readonly chunks: readonly Buffer[] },
): request is ArrivedRequest {
  return 'body' in request;
}

interface Body {
  readonly chunks: Buffer[];
  bytes: number;
}

const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Answers without any work. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) return;
  const { status, headers } = refusal;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(refusalBody(refusal));
}

/** A GraphQL result that says why. */
export function refusalBody({ code, message }: Refusal): string {
  return JSON.stringify({ errors: [{ message, extensions: { code } }] });
}

function isOver(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve();
  return new Promise((resolve) => response.once('close', () => resolve()));
}

const tooDeep: Refusal = {
  status: 400,
  code: 'QUERY_TOO_COMPLEX',
  message: 'the body must have at most 1000 objects and lists within each other, but has more',
};

function tooLarge({ bodyBytes }: Limits): Refusal {
  return {
    status: 413,
    code: 'QUERY_TOO_COMPLEX',
    message: `the body must have at most ${bodyBytes} bytes, but has more (${limitSettings.bodyBytes.flag})`,
  };
}

function busy({ concurrentRequests }: Limits): Refusal {
  return {
    status: 503,
    code: 'OVERLOADED',
    message: `at most ${concurrentRequests} requests are answered at a time, and so many are (${limitSettings.concurrentRequests.flag}): try again in a moment`,
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}
