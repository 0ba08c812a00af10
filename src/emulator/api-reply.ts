import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiError } from './api-error.ts';
import type { AnswerFault, Faults } from './faults.ts';

/** One response of the AWS JSON 1.1 protocol, without faults. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The reply of a successful operation. */
export function successReply(output: object, headers: ApiReply['headers']): ApiReply {
  return reply(200, headers, output);
}

/** The reply that reports an error. */
export function errorReply({ code, message, status }: ApiError, headers: ApiReply['headers']): ApiReply {
  // An error with status 200 also looks like an empty pool.
  if (status === 200) return reply(status, headers, { __type: code, message, Users: [] });
  return reply(status, { ...headers, 'x-amzn-ErrorType': `${code}:` }, { __type: code, message });
}

function reply(status: number, headers: Readonly<Record<string, string>>, output: object): ApiReply {
  const common = { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': randomUUID() };
  return { status, headers: { ...common, ...headers }, body: Buffer.from(JSON.stringify(output)) };
}

/** Sends a reply with a fault, if any. */
export async function sendReply(
  response: ServerResponse,
  { status, headers, body }: ApiReply,
  fault: AnswerFault | undefined,
  faults: Faults,
): Promise<void> {
  const half = body.subarray(0, body.length >> 1);
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault === 'slow') await delay(faults.slow?.delayMs, undefined, { ref: false });
  if (response.destroyed) return;
  const sent = fault === 'malformedJson' ? half : body;
  response.writeHead(status, { ...headers, 'Content-Length': sent.length });
  if (fault === 'stalledBody') response.write(half);
  else if (fault === 'truncatedBody') response.write(half, () => response.socket?.destroy());
  else if (fault === 'drippingBody') await drip(response, body, faults.drippingBody?.overMs ?? 0);
  else response.end(sent);
}

/** The number of pieces in which a dripping body is sent. */
const drops = 10;

async function drip(response: ServerResponse, body: Buffer, overMs: number): Promise<void> {
  const size = Math.ceil(body.length / drops);
  for (let start = 0; start < body.length && !response.destroyed; start += size) {
    response.write(body.subarray(start, start + size));
    await delay(overMs / drops, undefined, { ref: false });
  }
  response.end();
}
