import type { IncomingMessage } from 'node:http';
import { type Limits, limitSettings } from '../limits/limits.ts';
import { overloaded } from './admission.ts';
import { HttpError } from './http-error.ts';

/** How many times the largest body the bodies of all requests may hold together. */
const heldBodies = 32;
/** Bytes up to which a body is always taken, so that a few large ones keep no ordinary query out. */
const smallBody = 64 * 1024;

/** A body in memory. */
export interface HeldBody {
  readonly bytes: Uint8Array;
  /** Counts it no longer; to be called once. */
  release(): void;
}

const noBody: HeldBody = { bytes: new Uint8Array(), release: () => {} };
const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Reads bodies, and counts them as they arrive, so that neither one nor all of them together fill the memory.
 */
export class BodyReader {
  readonly #limits: Limits;
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * @throws HttpError where the body is larger than the limits allow
   * @throws Error where the connection breaks off
   */
  async read(request: IncomingMessage): Promise<HeldBody> {
    if (bodyless.has(request.method ?? '')) return noBody;
    if (Number(request.headers['content-length']) > this.#limits.bodyBytes) throw bodyTooLarge(this.#limits);
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) continue;
        length += chunk.length;
        this.#held += chunk.length;
        this.#assertRoom(length);
        chunks.push(chunk);
      }
    } catch (error) {
      this.#held -= length;
      // The rest is read and forgotten, because a client that still sends would miss the answer.
      request.resume();
      throw error;
    }
    const [first = Buffer.alloc(0), ...others] = chunks;
    const bytes = others.length === 0 ? first : Buffer.concat(chunks);
    return {
      bytes,
      release: () => {
        this.#held -= length;
      },
    };
  }

  #assertRoom(length: number): void {
    const { bodyBytes } = this.#limits;
    if (length > bodyBytes) throw bodyTooLarge(this.#limits);
    if (length > smallBody && this.#held > heldBodies * bodyBytes) {
      throw overloaded(
        `too many large bodies at once (${heldBodies} × ${limitSettings.bodyBytes.flag}); retry shortly`,
      );
    }
  }
}

/** The body has more bytes than the limits allow. */
export function bodyTooLarge({ bodyBytes }: Limits): HttpError {
  return new HttpError(
    413,
    'QUERY_TOO_COMPLEX',
    `the body must have at most ${bodyBytes} bytes, but has more (${limitSettings.bodyBytes.flag})`,
  );
}
