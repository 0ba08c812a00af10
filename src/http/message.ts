import type { ErrorCode } from '../errors.ts';
import { merged } from '../values/merged.ts';

/** A request as plain data, which every transport creates. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, such as `/graphql?query=…`. */
  readonly url: string;
  /** By name, in lower case. */
  readonly headers: HttpRequestHeaders;
  /** The complete body; empty if there is none. */
  readonly body: Uint8Array;
  readonly client: Client;
  readonly place: Place;
}

/** The client of a request, which may disconnect before it is answered. It is much cheaper than an `AbortController`. */
export class Client {
  #isGone = false;
  #onLeave: (() => void) | undefined;

  /** Sets the only listener, which is called when the client disconnects, or at once if it already has. */
  onLeave(listener: (() => void) | undefined): void {
    this.#onLeave = listener;
    if (this.#isGone) listener?.();
  }

  /** To be called when the client has disconnected. */
  leave(): void {
    this.#isGone = true;
    this.#onLeave?.();
  }
}

/** A place that can be given up while its request waits. */
export interface WaitingPlace {
  /**
   * Gives up the place while the request waits for something that may take long.
   *
   * @throws HttpError 503 if too many requests are waiting
   */
  whileWaiting<T>(wait: () => Promise<T>): Promise<T>;
}

/** The place of a request that is being answered, of which there is a limited number. */
export interface Place extends WaitingPlace {
  /** Why the request has to be answered at once; undefined if it may wait for something. */
  readonly refusalToWait: unknown;
}

/** The place of a request whose transport does not limit them. */
export const uncounted: Place = { refusalToWait: undefined, whileWaiting: (wait) => wait() };

/** Headers as in `node:http`. Only `set-cookie`, which requests do not have, is a list. */
export type HttpRequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer as plain data, which every transport writes. */
export interface HttpReply {
  readonly status: number;
  readonly headers: HttpReplyHeaders;
  readonly body: ReplyBody;
  /** Whether the same body object will be sent again, so that its compressed form is worth caching. */
  readonly isRemembered?: boolean;
  /** The codes of its errors, for the log and the metrics. */
  readonly codes?: readonly ErrorCode[];
  /** Releases what the reply holds. To be called when it has been sent, or the client is gone. */
  release?(): void;
}

/** The complete body, or its pieces in order. */
export type ReplyBody = string | Uint8Array | readonly Uint8Array[];

/** A body as pieces of bytes. */
export function piecesOf(body: ReplyBody): readonly Uint8Array[] {
  if (typeof body === 'string') return [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}

/** By name, in lower case. */
export type HttpReplyHeaders = Readonly<Record<string, string>>;

/** Nothing to add to a reply. */
export const noHeaders: HttpReplyHeaders = {};

/** Adds headers to a reply. The names in `Vary` are added to existing ones. */
export function withHeaders(reply: HttpReply, added: HttpReplyHeaders): HttpReply {
  if (added === noHeaders) return reply;
  const { vary } = reply.headers;
  const headers: Record<string, string> = merged(reply.headers, added);
  if (vary !== undefined && added.vary !== undefined) headers.vary = `${vary}, ${added.vary}`;
  return merged(reply, { headers });
}

/** A header of the request, by its name in lower case. */
export function headerOf({ headers }: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** The path of a request's address. */
export function pathOf({ url }: Pick<HttpRequest, 'url'>): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
