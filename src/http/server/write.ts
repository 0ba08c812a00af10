import type { ServerResponse } from 'node:http';
import { merged } from '../../values/merged.ts';
import { type HttpReply, piecesOf, type ReplyBody } from '../message.ts';

/** The bytes that are written at once, each within the write timeout. */
const chunkBytes = 64 * 1024;

/**
 * The last step: writes a reply to the socket.
 *
 * @param timeoutMs after which the connection is closed if the client reads nothing
 * @returns a promise that resolves when the client has read all of it, or is gone; undefined if there is nothing to wait for
 */
export function write(
  response: ServerResponse,
  { status, headers, body }: HttpReply,
  timeoutMs: number,
): Promise<void> | undefined {
  if (response.headersSent || response.destroyed || response.req.socket.destroyed) return undefined;
  if (status === 204 || status === 304) {
    response.writeHead(status, headers).end();
  } else if (!isInPieces(body) && body.length <= chunkBytes) {
    response.writeHead(status, merged(headers, { 'content-length': Buffer.byteLength(body) })).end(body);
    // The kernel has buffered all of it.
    if (response.socket?.writableLength === 0) return undefined;
  } else {
    const pieces = piecesOf(body);
    const length = pieces.reduce((total, piece) => total + piece.length, 0);
    response.writeHead(status, merged(headers, { 'content-length': length }));
    return writePieces(response, pieces, timeoutMs);
  }
  return taken(response, 'finish', timeoutMs);
}

function isInPieces(body: ReplyBody): body is readonly Uint8Array[] {
  return Array.isArray(body);
}

async function writePieces(
  response: ServerResponse,
  pieces: readonly Uint8Array[],
  timeoutMs: number,
): Promise<void> {
  for (const piece of pieces) await writeInChunks(response, piece, timeoutMs);
  response.end();
  await taken(response, 'finish', timeoutMs);
}

async function writeInChunks(response: ServerResponse, bytes: Uint8Array, timeoutMs: number): Promise<void> {
  for (let from = 0; from < bytes.length && !response.destroyed; from += chunkBytes) {
    const hasRoom = response.write(bytes.subarray(from, from + chunkBytes));
    if (!hasRoom) await taken(response, 'drain', timeoutMs);
  }
}

/** Waits until the client has read what was written, and closes the connection if it reads nothing. */
function taken(response: ServerResponse, event: 'drain' | 'finish', timeoutMs: number): Promise<void> {
  const { socket } = response.req;
  if (response.closed || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), timeoutMs);
    const done = () => {
      clearTimeout(timer);
      response.off(event, done);
      response.off('close', done);
      socket.off('close', done);
      resolve();
    };
    response.once(event, done);
    response.once('close', done);
    // A response that waits for an earlier one on its connection does not close with that.
    socket.once('close', done);
  });
}

/** The reason phrases of statuses for clients whose requests could not be read. */
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Serializes a reply as the last response on a connection. */
export function rawResponse({ status, headers, body }: HttpReply): string {
  const text = Buffer.concat(piecesOf(body)).toString();
  return [
    `HTTP/1.1 ${status} ${reasons[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    '',
    text,
  ].join('\r\n');
}
