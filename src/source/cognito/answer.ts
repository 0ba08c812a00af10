import { Buffer, isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { Pace, type Steps, takeSteps } from '../../columns/pace.ts';
import { countMembers, JsonLimitError, type JsonLimits, parseSliced } from '../../columns/sliced-json.ts';
import { isPlainObject, type PlainObject } from '../../values/plain-object.ts';
import { MalformedAnswerError } from './page.ts';
import type { SingleFile } from './single-file.ts';

/** An error in an answer whose status indicates success. It has the shape of the SDK's own errors. */
export class ErrorAnswer extends Error {
  readonly $fault = 'server';
  readonly $metadata = { httpStatusCode: 200 };
  /** For the SDK, which looks for headers such as `Retry-After` there. */
  readonly $response: unknown;

  /** @param type the error's name in the API's model, such as `InternalErrorException` */
  constructor(type: string, response?: unknown) {
    super('the service answered with an error');
    // It may be preceded by a namespace and followed by a URL.
    this.name = type.split('#').at(-1)?.split(':')[0] ?? type;
    this.$response = response;
  }
}

/** How much of a kind of answer is read. */
export interface AnswerLimits {
  readonly bytes: number;
  readonly json: JsonLimits;
}

/**
 * The largest page that the API's quotas allow has 60 users with 75 attributes of 2,048 characters each, all of which may be
 * escaped: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export const pageLimits: AnswerLimits = {
  bytes: 64 * 2 ** 20,
  json: {
    depth: 100,
    // Emulators send whole pools as one page.
    containers: 200_000,
    members: 5_000,
    values: 1_000_000,
    // A megabyte in which every character is escaped.
    textBytes: 8 * 2 ** 20,
    gapBytes: 2 ** 18,
  },
};

/** A description may contain some templates of 20,000 characters each, and hundreds of attributes and tags. */
export const descriptionLimits: AnswerLimits = {
  bytes: 2 ** 20,
  json: { ...pageLimits.json, containers: 10_000, values: 50_000 },
};

/** What is read of an error: more than its type and message take. */
const maxErrorBytes = 16 * 1024;

/** The buffer for a body of unknown length, which doubles as often as needed. */
const firstBytes = 2 ** 16;

/** The members of errors, which no answer has: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization */
const errorMembers = ['__type', 'code', 'message', 'Message'];

/** A body of this size is a large one: 60 users with a dozen attributes take some tens of kilobytes. */
const largeBytes = 2 ** 20;

/** What the SDK reads in place of a body that has been read here, or is too long for an error. */
const emptyBody = Buffer.from('{}');

/** How far from this machine's time a service may be, in milliseconds: certificates are valid for about as long. */
const farthestMs = 366 * 24 * 60 * 60 * 1000;

/**
 * The JSON of a successful answer as the service wrote it, because the SDK rounds times, tolerates missing fields, and parses
 * all at once. It finds an empty object in its place.
 *
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 *
 * @param response as the SDK's HTTP handler gives it
 * @param large what is read one after the other: all large answers of a client
 * @param signal ends the reading with its reason
 * @returns undefined if the status indicates an error, which is left to the SDK
 * @throws ErrorAnswer if the answer is an error although its status says otherwise
 * @throws MalformedAnswerError if it is not JSON, or too long
 */
export async function readAnswer(
  response: unknown,
  limits: AnswerLimits,
  large: SingleFile,
  signal: AbortSignal,
): Promise<PlainObject | undefined> {
  if (!isHttpResponse(response)) throw new MalformedAnswerError('an answer that is not HTTP');
  const { body, headers, statusCode } = response;
  if (!(body instanceof Readable)) throw new MalformedAnswerError('an answer without a body');
  dropFarDate(headers);
  if (statusCode >= 300) {
    response.body = (await readBytes({ body, headers }, maxErrorBytes, never, signal)) ?? emptyBody;
    return undefined;
  }
  // No operation has another: a cache may have kept a part, or a proxy have made one up.
  if (statusCode !== 200) {
    body.destroy();
    throw new MalformedAnswerError(`HTTP status ${statusCode}`);
  }
  response.body = emptyBody;
  const json = await readObject({ body, headers }, limits, large, signal);
  const type = headers['x-amzn-errortype'] ?? json.__type ?? json.code;
  if (typeof type === 'string') throw new ErrorAnswer(type, response);
  if (errorMembers.some((name) => Object.hasOwn(json, name))) {
    throw new MalformedAnswerError('an error that has no type');
  }
  return json;
}

/** Nobody waits for an error. */
const never = async () => undefined;

/** The JSON of a body. Large ones wait for each other, because many at once would take gigabytes. */
async function readObject(
  message: Message,
  limits: AnswerLimits,
  large: SingleFile,
  signal: AbortSignal,
): Promise<PlainObject> {
  let turn: Promise<() => void> | undefined;
  try {
    const bytes = await readBytes(
      message,
      limits.bytes,
      () => {
        turn = large.enter();
        return turn;
      },
      signal,
    );
    if (!bytes) throw new MalformedAnswerError(`an answer of more than ${limits.bytes} bytes`);
    return await parseObject(bytes, limits.json, signal);
  } finally {
    // Also if it has been aborted before its turn came.
    void turn?.then((leave) => leave());
  }
}

/** A body with its headers. */
interface Message {
  readonly body: Readable;
  readonly headers: Record<string, unknown>;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Record<string, unknown>;
  body: unknown;
}

function isHttpResponse(value: unknown): value is HttpResponse {
  return (
    typeof value === 'object' &&
    value !== null &&
    'statusCode' in value &&
    typeof value.statusCode === 'number' &&
    'headers' in value &&
    typeof value.headers === 'object' &&
    value.headers !== null &&
    'body' in value
  );
}

/** The SDK signs all later requests with the time of the last answer. Some times cannot be written in a signature. */
function dropFarDate(headers: Record<string, unknown>): void {
  const { date } = headers;
  const isNear = typeof date === 'string' && Math.abs(Date.parse(date) - Date.now()) <= farthestMs;
  if (!isNear) delete headers.date;
}

/**
 * The whole body; undefined if it is longer. The connection of such a body is closed.
 *
 * @param onLarge what the rest of a large body waits for
 */
function readBytes(
  { body, headers }: Message,
  maxBytes: number,
  onLarge: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const declared = Number(headers['content-length']);
    let bytes = Buffer.allocUnsafeSlow(Math.min(largeBytes, maxBytes, declared >= 0 ? declared : firstBytes));
    let length = 0;
    let isLarge = false;
    const giveUp = () => {
      body.destroy();
      resolve(undefined);
    };
    const abort = () => body.destroy(asError(signal.reason));
    body.on('error', reject);
    body.on('close', () => signal.removeEventListener('abort', abort));
    body.on('data', (chunk: Buffer) => {
      const needed = length + chunk.length;
      if (needed > maxBytes) {
        giveUp();
        return;
      }
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(maxBytes, Math.max(2 * needed, declared || 0)));
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      chunk.copy(bytes, length);
      length = needed;
      if (isLarge || length < largeBytes) return;
      isLarge = true;
      body.pause();
      void onLarge().then(() => body.resume());
    });
    body.on('end', () => resolve(bytes.subarray(0, length)));
    if (signal.aborted) abort();
    else if (declared > maxBytes) giveUp();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the request was aborted', { cause: reason });
}

/** JSON.parse keeps only the last of several members of one name, which may be an empty list of users. */
async function parseObject(bytes: Buffer, limits: JsonLimits, signal: AbortSignal): Promise<PlainObject> {
  const pace = new Pace({ signal });
  if (await takeSteps(isText(bytes), pace)) {
    try {
      const json = await parseSliced(bytes, limits, { signal });
      if (!isPlainObject(json)) throw new MalformedAnswerError('an answer that is not a JSON object');
      if ((await takeSteps(countMembers(bytes), pace)) > Object.keys(json).length) {
        throw new MalformedAnswerError('an answer that has a member twice');
      }
      return json;
    } catch (error) {
      if (error instanceof JsonLimitError) {
        throw new MalformedAnswerError(`an answer with more than ${error.message}`);
      }
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new MalformedAnswerError('an answer that is not JSON');
}

/** The bytes that are checked at once, in some hundred microseconds. */
const checkedBytes = 2 ** 20;

/** Whether the bytes are UTF-8. */
function* isText(bytes: Buffer): Steps<boolean> {
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + checkedBytes, bytes.length);
    // A character that continues beyond the end belongs to the next part; it has four bytes at most.
    for (let i = 0; i < 3 && isContinuation(bytes[to]); i++) to--;
    if (!isUtf8(bytes.subarray(from, to))) return false;
    from = to;
    yield;
  }
  return true;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}
