import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { MalformedAnswerError } from './page.ts';

/** An answer whose status says that all is well holds an error. It looks like the SDK's own errors. */
export class ErrorAnswer extends Error {
  readonly $fault = 'server';
  readonly $metadata = { httpStatusCode: 200 };

  /** @param type the error's name in the API's model, such as `InternalErrorException` */
  constructor(type: string) {
    super('the service answered with an error');
    // A namespace may stand before it and a URL behind it.
    this.name = type.split('#').at(-1)?.split(':')[0] ?? type;
  }
}

/**
 * Bytes of an answer beyond which it is not read on: more than 60 users of 75 attributes whose 2,048 characters
 * are all escaped, the largest page that the API's quotas allow.
 */
const maxBodyBytes = 64 * 2 ** 20;

/**
 * The JSON of an answer that is no error, as the service wrote it: the SDK rounds times and forgives what is missing.
 * Leaves the bytes in the response, for the SDK to read as ever.
 *
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 *
 * @param response as the SDK's HTTP handler gives it
 * @returns undefined where the status says that it is an error, which is the SDK's to read
 * @throws ErrorAnswer where the answer is an error although its status says otherwise
 * @throws MalformedAnswerError where it is not JSON, or too long
 */
export async function readAnswer(response: unknown): Promise<unknown> {
  if (!isHttpResponse(response)) throw new MalformedAnswerError('an answer that is not HTTP');
  if (!(response.body instanceof Readable)) throw new MalformedAnswerError('an answer without a body');
  const bytes = await readBytes(response.body);
  response.body = bytes;
  if (response.statusCode >= 300) return undefined;
  const json = parseJson(bytes);
  if (isErrorBody(json)) throw new ErrorAnswer(json.__type);
  return json;
}

interface HttpResponse {
  readonly statusCode: number;
  body: unknown;
}

function isHttpResponse(value: unknown): value is HttpResponse {
  return (
    typeof value === 'object' &&
    value !== null &&
    'statusCode' in value &&
    typeof value.statusCode === 'number' &&
    'body' in value
  );
}

function readBytes(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBodyBytes) body.destroy(new MalformedAnswerError('an answer that does not end'));
    });
    body.on('end', () => resolve(Buffer.concat(chunks, length)));
    body.on('error', reject);
  });
}

function parseJson(bytes: Buffer): unknown {
  if (isUtf8(bytes)) {
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch {
      // Told below.
    }
  }
  throw new MalformedAnswerError('an answer that is not JSON');
}

function isErrorBody(json: unknown): json is { readonly __type: string } {
  return typeof json === 'object' && json !== null && '__type' in json && typeof json.__type === 'string';
}
