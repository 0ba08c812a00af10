import type { ServerResponse } from 'node:http';
import type { HttpReply } from './message.ts';

/** The last step: hands a reply to the socket. */
export function write(response: ServerResponse, { status, headers, body }: HttpReply): void {
  if (response.headersSent || response.destroyed) return;
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...headers,
    ...(hasBody && { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(hasBody ? body : undefined);
}

/** The reasons of the statuses that are sent to clients which speak no HTTP, or too slowly. */
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** The reply as the bytes of the last response on a connection. */
export function rawResponse({ status, headers, body }: HttpReply): string {
  return [
    `HTTP/1.1 ${status} ${reasons[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    String(body),
  ].join('\r\n');
}
