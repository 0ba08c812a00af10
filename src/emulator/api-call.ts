import type { IncomingMessage } from 'node:http';
import { isPlainObject } from '../values/plain-object.ts';
import { ApiError } from './api-error.ts';

/** One request of the AWS JSON 1.1 protocol. */
export interface ApiCall {
  /** The operation's name without that of the service; `unknown` if the request names no operation of this service. */
  readonly operation: string;
  /** The body; undefined if it is too long. */
  readonly text: string | undefined;
  readonly identity: CallerIdentity;
  /** When it was signed, in milliseconds since 1970-01-01T00:00:00Z; undefined if it does not say. */
  readonly signedAt: number | undefined;
}

/** Who signed a request, according to its headers. Signatures are not verified. */
export interface CallerIdentity {
  readonly accessKeyId: string | undefined;
  readonly sessionToken: string | undefined;
}

/** Reads a request to its end. Rejects if the connection breaks before that. */
export async function readCall(request: IncomingMessage): Promise<ApiCall> {
  return {
    operation: operationOf(request),
    identity: identityOf(request),
    signedAt: signedAtOf(request),
    text: await readText(request),
  };
}

/**
 * The parameters in a call's body.
 *
 * @throws ApiError if it is not a JSON object
 */
export function parametersOf(call: ApiCall): Readonly<Record<string, unknown>> {
  if (call.text === undefined) {
    throw serialization(`the body is longer than ${maximumBodyBytes} bytes`);
  }
  const parameters = parseJson(call.text);
  if (!isPlainObject(parameters)) throw serialization('the body is not a JSON object');
  return parameters;
}

const service = 'AWSCognitoIdentityProviderService';

/** Much more than any request of the API needs. */
const maximumBodyBytes = 1_048_576;

function operationOf(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  const [name, operation, ...rest] = typeof target === 'string' ? target.split('.') : [];
  return name === service && operation && rest.length === 0 ? operation : 'unknown';
}

/** Reads the `Authorization` of Signature Version 4. */
function identityOf(request: IncomingMessage): CallerIdentity {
  const credential = /^AWS4-HMAC-SHA256 .*\bCredential=([^/,\s]+)\//.exec(
    request.headers.authorization ?? '',
  );
  const sessionToken = request.headers['x-amz-security-token'];
  return {
    accessKeyId: credential?.[1],
    sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined,
  };
}

/** The time of Signature Version 4, such as 20261125T205700Z. */
function signedAtOf({ headers }: IncomingMessage): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date']))?.slice(1);
  if (!parts) return undefined;
  const [year = 0, month = 1, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length <= maximumBodyBytes) chunks.push(chunk);
  }
  return length <= maximumBodyBytes ? Buffer.concat(chunks).toString() : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw serialization('the body is not JSON');
  }
}

function serialization(message: string): ApiError {
  return new ApiError('SerializationException', message);
}
