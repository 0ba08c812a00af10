import type { ErrorCode } from '../errors.ts';

/** A request as plain data: what every transport makes of its own. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, such as `/graphql?query=…`. */
  readonly url: string;
  /** By their names in lower case. */
  readonly headers: HttpRequestHeaders;
  /** The whole body; empty where there is none. */
  readonly body: Uint8Array;
  readonly client: Client;
  readonly place: Place;
}

/** Who has sent a request, and may leave before it is answered. Costs next to nothing, as an `AbortController` would not. */
export class Client {
  #isGone = false;
  #onLeave: (() => void) | undefined;

  /** Calls the listener, of which there is one at a time, when the client leaves, or at once where it has left. */
  onLeave(listener: (() => void) | undefined): void {
    this.#onLeave = listener;
    if (this.#isGone) listener?.();
  }

  /** Tells that the client has left. */
  leave(): void {
    this.#isGone = true;
    this.#onLeave?.();
  }
}

/** What a request has while it is being answered: one of so many places. */
export interface Place {
  /**
   * Leaves the place to others while the request waits for something that may take long.
   *
   * @throws HttpError 503 where too many wait already
   */
  whileWaiting<T>(wait: () => Promise<T>): Promise<T>;
}

/** The place of a request whose transport counts none. */
export const uncounted: Place = { whileWaiting: (wait) => wait() };

/** As `node:http` has them: only `set-cookie`, which no request has, is a list. */
export type HttpRequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer as plain data: what every transport writes in its own way. */
export interface HttpReply {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: HttpReplyHeaders;
  readonly body: ReplyBody;
  /** Whether the very same body will be sent again, so that what is made of it is worth keeping. */
  readonly isRemembered?: boolean;
  /** The codes of the errors in it, for the log and the metrics. */
  readonly codes?: readonly ErrorCode[];
  /** Frees what the reply holds; to be called when it has been written, or given up. */
  release?(): void;
}

/** The whole body, or its pieces in their order. */
export type ReplyBody = string | Uint8Array | readonly Uint8Array[];

/** The bytes of a body in pieces. */
export function piecesOf(body: ReplyBody): readonly Uint8Array[] {
  if (typeof body === 'string') return [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}

export type HttpReplyHeaders = Readonly<Record<string, string>>;

/** The request's header of this name, which must be in lower case. */
export function headerOf({ headers }: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** The path of a request's address. */
export function pathOf({ url }: Pick<HttpRequest, 'url'>): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
