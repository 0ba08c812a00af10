import { createHash } from 'node:crypto';
import { merged } from '../values/merged.ts';
import { type HttpReply, type HttpReplyHeaders, type HttpRequest, headerOf, piecesOf } from './message.ts';

/** Tags of a request that are looked at. */
const mostTags = 100;

/** The tags of cached answers, which are sent repeatedly. */
const tags = new WeakMap<Uint8Array, string>();

/**
 * Adds an `ETag`, or replies 304 if the client has the same answer already (RFC 9110, sections 8.8.3 and 13.1.2). Only for GET,
 * which caches may revalidate, and for answers without errors.
 */
export function withEntityTag(request: HttpRequest, reply: HttpReply): HttpReply {
  if (request.method !== 'GET' || reply.status !== 200 || reply.headers['cache-control'] === 'no-store') {
    return reply;
  }
  const etag = tagOf(reply);
  const headers: HttpReplyHeaders = merged(reply.headers, { etag });
  const known = headerOf(request, 'if-none-match');
  const isKnown = known?.split(',', mostTags).some((tag) => tag.trim() === etag || tag.trim() === '*');
  if (!isKnown) return merged(reply, { headers });
  const { 'content-type': _, ...others } = headers;
  return { ...reply, status: 304, headers: others, body: '' };
}

/** Weak, because it does not depend on the content encoding. */
function tagOf({ body, headers }: HttpReply): string {
  const known = body instanceof Uint8Array ? tags.get(body) : undefined;
  const digest = known ?? digestOf(piecesOf(body));
  if (body instanceof Uint8Array) tags.set(body, digest);
  return `W/"${digest}${headers['content-type']?.includes('graphql-response') ? 'g' : 'j'}"`;
}

function digestOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('base64url');
}
