import type { IncomingMessage } from 'node:http';
import type { Ready } from '../../columns/ready.ts';
import { type Limits, limitSettings } from '../../limits/limits.ts';
import { bodyTooLarge, clientGone, HttpError } from '../http-error.ts';
import { type Holding, MemoryBudget } from '../memory-budget.ts';
import { type Client, headerOf } from '../message.ts';
import { decodeBody } from './content-encoding.ts';

/** The maximum size of all bodies together, as a multiple of the largest body. */
const heldBodies = 16;

/** Chunks that may be of any size, and bytes that more of them must have on average: each takes a few microseconds. */
const fewChunks = 1_024;
const smallChunk = 32;

const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A body in memory. */
export interface HeldBody {
  readonly bytes: Uint8Array;
  /** Counts it until it is released. */
  readonly holding: Holding;
}

/** Reads bodies, and counts their bytes as they arrive, so that neither one nor all of them together fill the memory. */
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
   * Reads the body of a request, whose client may leave before it has come.
   *
   * @throws HttpError if the body is larger than the limits allow, or the connection breaks
   */
  read(request: IncomingMessage, client: Client): Ready<HeldBody> {
    const holding = this.#budget.open();
    if (bodyless.has(request.method ?? '')) return { bytes: noBytes, holding };
    const encoding = headerOf(request, 'content-encoding');
    const reading = this.#collect(request, client, holding);
    return encoding === undefined ? reading : reading.then((sent) => this.#decode(sent, encoding));
  }

  async #decode({ bytes, holding }: HeldBody, encoding: string): Promise<HeldBody> {
    try {
      const decoded = await decodeBody(bytes, encoding, this.#limits);
      holding.add(decoded.length);
      return { bytes: decoded, holding };
    } catch (error) {
      holding.release();
      throw error;
    }
  }

  /** Uses events, because an iterator costs more than everything else that is done for a small body. */
  #collect(request: IncomingMessage, client: Client, holding: Holding): Promise<HeldBody> {
    const { bodyBytes } = this.#limits;
    return new Promise((resolve, reject) => {
      // Nearly all bodies come in one chunk.
      let chunks: Buffer[] = [];
      const onData = (chunk: Buffer) => {
        try {
          holding.add(chunk.length);
          if (holding.bytes > bodyBytes) throw bodyTooLarge(this.#limits);
          if (chunks.length === 0) chunks = [chunk];
          else if (chunks.push(chunk) % fewChunks === 0 && holding.bytes < chunks.length * smallChunk) {
            // Whatever has come already is not read any more, which would take as long as all of it.
            request.destroy();
            throw tooSmallChunks();
          }
        } catch (error) {
          fail(error);
        }
      };
      const onEnd = () => {
        client.onLeave(undefined);
        const [only = noBytes, ...others] = chunks;
        resolve({ bytes: others.length === 0 ? only : Buffer.concat(chunks), holding });
      };
      const fail = (error: unknown) => {
        client.onLeave(undefined);
        request.off('data', onData).off('end', onEnd);
        holding.release();
        // The rest is read and discarded, because a client that is still sending would miss the answer.
        request.resume();
        reject(error);
      };
      request.on('data', onData).on('end', onEnd);
      // A request without listeners for errors has none: one that breaks off shows by its client, which leaves.
      client.onLeave(() => fail(clientGone()));
      if (Number(request.headers['content-length']) > bodyBytes) fail(bodyTooLarge(this.#limits));
    });
  }
}

const noBytes = Buffer.alloc(0);

function tooSmallChunks(): HttpError {
  return new HttpError(
    400,
    'BAD_REQUEST',
    `the body comes in chunks of less than ${smallChunk} bytes each: send larger ones`,
  );
}
