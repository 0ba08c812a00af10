import type { IncomingMessage } from 'node:http';
import { type Limits, limitSettings } from '../../limits/limits.ts';
import { bodyTooLarge, clientGone, HttpError } from '../http-error.ts';
import { type Holding, MemoryBudget } from '../memory-budget.ts';
import { headerOf } from '../message.ts';
import { decodeBody } from './content-encoding.ts';

/** How many times the largest body the bodies of all requests may hold together. */
const heldBodies = 32;

const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A body in memory. */
export interface HeldBody {
  readonly bytes: Uint8Array;
  /** What it is counted by until it is released. */
  readonly holding: Holding;
}

/** Reads bodies, and counts them as they arrive, so that neither one nor all of them together fill the memory. */
export class BodyReader {
  readonly #limits: Limits;
  readonly #budget: MemoryBudget;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#budget = new MemoryBudget({
      capacity: heldBodies * limits.bodyBytes,
      small: 64 * 1024,
      what: `large bodies (${heldBodies} × ${limitSettings.bodyBytes.flag})`,
    });
  }

  /**
   * @throws HttpError where the body is larger than the limits allow, or breaks off
   */
  async read(request: IncomingMessage): Promise<HeldBody> {
    const holding = this.#budget.open();
    if (bodyless.has(request.method ?? '')) return { bytes: new Uint8Array(), holding };
    try {
      const sent = await this.#collect(request, holding);
      const encoding = headerOf(request, 'content-encoding');
      return { bytes: encoding === undefined ? sent : await this.#decode(sent, encoding, holding), holding };
    } catch (error) {
      holding.release();
      // The rest is read and forgotten, because a client that still sends would miss the answer.
      request.resume();
      throw error instanceof HttpError ? error : clientGone();
    }
  }

  async #decode(sent: Uint8Array, encoding: string, holding: Holding): Promise<Uint8Array> {
    const decoded = await decodeBody(sent, encoding, this.#limits);
    holding.add(decoded.length);
    return decoded;
  }

  /** By events, because an iterator costs more than everything else that is done for a small body. */
  #collect(request: IncomingMessage, holding: Holding): Promise<Uint8Array> {
    const { bodyBytes } = this.#limits;
    if (Number(request.headers['content-length']) > bodyBytes) {
      return Promise.reject(bodyTooLarge(this.#limits));
    }
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const onData = (chunk: Buffer) => {
        try {
          holding.add(chunk.length);
          if (holding.bytes > bodyBytes) throw bodyTooLarge(this.#limits);
          chunks.push(chunk);
        } catch (error) {
          request.off('data', onData);
          reject(error);
        }
      };
      request.on('data', onData);
      request.on('end', () => {
        const [first = Buffer.alloc(0), ...others] = chunks;
        resolve(others.length === 0 ? first : Buffer.concat(chunks));
      });
      request.on('error', reject);
      // One that breaks off has no end, and need not have an error.
      request.on('close', () => {
        if (!request.complete) reject(clientGone());
      });
    });
  }
}
