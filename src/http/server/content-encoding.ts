import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliDecompress,
  constants,
  createBrotliCompress,
  createGzip,
  gunzip,
  inflate,
  inflateRaw,
} from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../../cache-size.ts';
import { type Ready, whenReady } from '../../columns/ready.ts';
import type { Limits } from '../../limits/limits.ts';
import { merged } from '../../values/merged.ts';
import { FewAtOnce } from '../few-at-once.ts';
import { badRequest, bodyTooLarge, HttpError } from '../http-error.ts';
import {
  type HttpReply,
  type HttpReplyHeaders,
  type HttpRequest,
  headerOf,
  piecesOf,
  type ReplyBody,
  withHeaders,
} from '../message.ts';
import { readOnce } from '../request/header-memory.ts';

type Decode = (body: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** How many bodies are decoded, and how many encoded, at the same time. */
const mostAtOnce = 2;
const decoding = new FewAtOnce(mostAtOnce);

/** The encodings of bodies, which some routers use. */
const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['br', promisify(brotliDecompress)],
  ['deflate', inflateEither],
]);

/**
 * Decompresses a body.
 *
 * @param encoding the request's `Content-Encoding` header
 * @throws HttpError if the encoding is not supported, the body is invalid, or it is larger than the limits allow
 */
export async function decodeBody(
  body: Uint8Array,
  encoding: string | undefined,
  limits: Limits,
): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body;
  const decode = decoders.get(name);
  if (!decode) {
    throw new HttpError(
      415,
      'BAD_REQUEST',
      `Content-Encoding ${JSON.stringify(name.slice(0, 50))} is not supported: use gzip, br or deflate, or none`,
      { 'accept-encoding': 'gzip, br, deflate' },
    );
  }
  try {
    return await decoding.run(() => decode(body, { maxOutputLength: limits.bodyBytes }));
  } catch (error) {
    if (error instanceof RangeError) throw bodyTooLarge(limits);
    throw badRequest(`the body is not valid ${name}, which Content-Encoding says it is`);
  }
}

/** Some clients send `deflate` without the header that RFC 9110, section 8.4.1.2, requires. */
async function inflateEither(
  body: Uint8Array,
  options: { readonly maxOutputLength: number },
): Promise<Buffer> {
  const hasFrame = body[0] !== undefined && (body[0] & 0x0f) === 8;
  return promisify(hasFrame ? inflate : inflateRaw)(body, options);
}

/** The size of an answer from which compression is worthwhile, in bytes. */
const smallestCompressed = 1_024;

/** An encoding of answers. */
interface Encoding {
  readonly name: string;
  /** @param length of the body, in bytes */
  readonly encoder: (length: number) => Transform;
}

/** The encodings of answers, the preferred one first. At these levels they take about as long as sending. */
const encodings: readonly Encoding[] = [
  { name: 'br', encoder: (length) => createBrotliCompress({ params: brotliParameters(length) }) },
  { name: 'gzip', encoder: () => createGzip({ level: 4 }) },
];

/**
 * The base-2 logarithm of the largest window, in bytes. A large answer becomes 4 % longer than with the default of 22, but takes a
 * tenth of the memory and a third of the time.
 */
const largestWindow = 18;

/** The window is no larger than the body, because memory is allocated for all of it. */
function brotliParameters(length: number): Readonly<Record<number, number>> {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
  return {
    [BROTLI_PARAM_QUALITY]: 4,
    [BROTLI_PARAM_LGWIN]: Math.min(largestWindow, Math.ceil(Math.log2(length))),
  };
}

/** Encodes a body piece by piece, so that there is no second copy of it. */
function encode({ encoder }: Encoding, body: ReplyBody): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const encoded: Buffer[] = [];
    const stream = encoder(lengthOf({ body }));
    stream.on('data', (piece: Buffer) => encoded.push(piece));
    stream.on('end', () => resolve(encoded));
    stream.on('error', reject);
    for (const piece of piecesOf(body)) stream.write(piece);
    stream.end();
  });
}

/** The maximum size of all cached compressed bodies together with the original ones, in bytes. */
const capacity = 8 * 1024 * 1024;

/** Compresses replies. Bodies that are sent repeatedly are compressed once. */
export class Compressor {
  readonly #compressed = new Map(
    encodings.map((encoding) => [
      encoding,
      new LRUCache<Uint8Array, Buffer>({
        maxSize: capacity / encodings.length,
        sizeCalculation: (made, body) => made.length + body.length,
      }),
    ]),
  );

  readonly #few = new FewAtOnce(mostAtOnce);

  /** The number and size of the cached compressed bodies, with the original ones. */
  get size(): CacheSize {
    const caches = [...this.#compressed.values()];
    return {
      entries: caches.reduce((sum, { size }) => sum + size, 0),
      bytes: caches.reduce((sum, { calculatedSize }) => sum + calculatedSize, 0),
    };
  }

  /** Compresses a reply, if its client accepts that and it is worthwhile. */
  compress(reply: HttpReply, request: HttpRequest): Ready<HttpReply> {
    // Small replies do not vary, and saying so would keep caches from sharing them.
    if (reply.headers['content-encoding'] !== undefined || lengthOf(reply) < smallestCompressed) return reply;
    const encoding = acceptedEncoding(headerOf(request, 'accept-encoding'));
    if (encoding === undefined) return withHeaders(reply, varying);
    const headers = merged(varying, { 'content-encoding': encoding.name });
    return whenReady(this.#encode(encoding, reply), (body) => withHeaders(merged(reply, { body }), headers));
  }

  #encode(encoding: Encoding, { body, isRemembered }: HttpReply): Ready<ReplyBody> {
    if (!isRemembered || !(body instanceof Uint8Array)) return this.#few.run(() => encode(encoding, body));
    const cache = this.#compressed.get(encoding);
    const encodeOnce = async () => {
      const made = cache?.get(body) ?? Buffer.concat(await encode(encoding, body));
      cache?.set(body, made);
      return made;
    };
    return cache?.get(body) ?? this.#few.run(encodeOnce);
  }
}

const varying: HttpReplyHeaders = { vary: 'Accept-Encoding' };

function lengthOf({ body }: Pick<HttpReply, 'body'>): number {
  if (typeof body === 'string' || body instanceof Uint8Array) return body.length;
  return body.reduce((total, piece) => total + piece.length, 0);
}

/**
 * The supported encoding that a client prefers, if any.
 *
 * @param accepted the request's `Accept-Encoding` header (RFC 9110, section 12.5.3)
 */
const acceptedEncoding = readOnce((accepted: string | undefined): Encoding | undefined => {
  if (accepted === undefined) return undefined;
  const qualities = new Map(
    accepted.split(',').map((part) => {
      const [name = '', quality = 'q=1'] = part.split(';').map((text) => text.trim().toLowerCase());
      return [name === 'x-gzip' ? 'gzip' : name, Number(quality.replace(/^q=/, '')) || 0];
    }),
  );
  const qualityOf = (name: string) => qualities.get(name) ?? qualities.get('*') ?? 0;
  const [best] = encodings.toSorted((a, b) => qualityOf(b.name) - qualityOf(a.name));
  if (best === undefined || qualityOf(best.name) === 0) return undefined;
  return qualityOf(best.name) >= (qualities.get('identity') ?? 0) ? best : undefined;
});
