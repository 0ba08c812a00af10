import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { MalformedAnswerError } from './page.ts';

/** The service refused a request. What it wrote beside the type is not kept: it can hold ARNs and tokens. */
export class RefusalError extends Error {
  /** The error's name in the API's model, such as `TooManyRequestsException`; undefined where it gave none. */
  readonly type: string | undefined;
  /** The HTTP status. */
  readonly status: number;
  /** Where the SDK looks for the server's date, to correct its clock. */
  readonly $response: unknown;
  /** Where the SDK notes that it corrected its clock. */
  readonly $metadata: { readonly clockSkewCorrected?: boolean } = {};

  constructor(type: string | undefined, status: number, response: unknown) {
    super(`the service refused the request: ${type ?? 'no type'}, HTTP status ${status}`);
    this.type = type;
    this.status = status;
    this.$response = response;
  }
}

/**
 * Bytes of an answer beyond which it is not read on: more than 60 users of 75 attributes whose 2,048 characters
 * are all escaped, the largest page that the API's quotas allow.
 */
const maxBodyBytes = 64 * 2 ** 20;

/**
 * The JSON of an answer in AWS' JSON protocol.
 *
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 *
 * @param response as the SDK's HTTP handler gives it
 * @throws RefusalError where the answer is an error
 * @throws MalformedAnswerError where it is no JSON, or too long
 */
export async function readAnswer(response: unknown): Promise<unknown> {
  if (!isHttpResponse(response)) throw new MalformedAnswerError('an answer that is not HTTP');
  const bytes = await readBytes(response.body);
  if (response.statusCode >= 300) {
    throw new RefusalError(errorType(response, bytes), response.statusCode, { headers: response.headers });
  }
  const body = parseJson(bytes);
  if (body === undefined) throw new MalformedAnswerError('an answer that is no JSON');
  return body;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

function isHttpResponse(value: unknown): value is HttpResponse {
  return (
    typeof value === 'object' &&
    value !== null &&
    'statusCode' in value &&
    typeof value.statusCode === 'number' &&
    'headers' in value &&
    'body' in value &&
    value.body instanceof Readable
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

function errorType({ headers }: HttpResponse, bytes: Buffer): string | undefined {
  const body = parseJson(bytes);
  const inBody =
    typeof body === 'object' && body !== null && '__type' in body && typeof body.__type === 'string'
      ? body.__type
      : undefined;
  const type = headers['x-amzn-errortype'] ?? inBody;
  // A namespace may stand before it and a URL behind it.
  return type?.split('#').at(-1)?.split(':')[0]?.split(',')[0];
}

/** Undefined where the bytes are no JSON in UTF-8. */
function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
