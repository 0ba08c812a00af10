import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { MalformedAnswerError } from './page.ts';

/** An error in an answer whose status indicates success. It has the shape of the SDK's own errors. */
export class ErrorAnswer extends Error {
  readonly $fault = 'server';
  readonly $metadata = { httpStatusCode: 200 };

  /** @param type the error's name in the API's model, such as `InternalErrorException` */
  constructor(type: string) {
    super('the service answered with an error');
    // It may be preceded by a namespace and followed by a URL.
    this.name = type.split('#').at(-1)?.split(':')[0] ?? type;
  }
}

/**
 * The maximum size of an answer in bytes: more than 60 users with 75 attributes of 2,048 escaped characters each, the
 * largest page that the API's quotas allow.
 */
const maxBodyBytes = 64 * 2 ** 20;

/**
 * The JSON of a successful answer as the service wrote it, because the SDK rounds times and tolerates missing fields. The
 * bytes stay in the response for the SDK to read.
 *
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 *
 * @param response as the SDK's HTTP handler gives it
 * @returns undefined if the status indicates an error, which is left to the SDK
 * @throws ErrorAnswer if the answer is an error although its status says otherwise
 * @throws MalformedAnswerError if it is not JSON, or too long
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
      // Reported below.
    }
  }
  throw new MalformedAnswerError('an answer that is not JSON');
}

function isErrorBody(json: unknown): json is { readonly __type: string } {
  return typeof json === 'object' && json !== null && '__type' in json && typeof json.__type === 'string';
}
