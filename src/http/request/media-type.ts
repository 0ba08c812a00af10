import { HttpError } from '../http-error.ts';

/** The media types of answers: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types */
export type MediaType = 'application/json' | 'application/graphql-response+json';

const json: MediaType = 'application/json';
const graphqlResponse: MediaType = 'application/graphql-response+json';

/**
 * The media type that a client prefers: by quality, then by the order in its header.
 *
 * @param accept the request's `Accept` header
 * @throws HttpError 406 if it accepts neither
 */
export function negotiateMediaType(accept: string | undefined): MediaType {
  if (accept === undefined || accept === '*/*' || accept === json) return json;
  if (accept === graphqlResponse) return graphqlResponse;
  let best: { readonly type: MediaType; readonly quality: number } | undefined;
  for (const range of accept.split(',')) {
    const { type, quality } = readRange(range);
    if (type && quality > (best?.quality ?? 0)) best = { type, quality };
  }
  if (best) return best.type;
  throw new HttpError(
    406,
    'BAD_REQUEST',
    `answers are ${json} or ${graphqlResponse}, in UTF-8, and Accept allows neither`,
  );
}

/** Parses one element of an `Accept` header (RFC 9110, section 12.5.1). Answers are always in UTF-8. */
function readRange(range: string): { readonly type: MediaType | undefined; readonly quality: number } {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  let quality = 1;
  for (const parameter of parameters) {
    if (parameter.startsWith('q=')) quality = Number(parameter.slice('q='.length)) || 0;
    if (parameter.startsWith('charset=') && !/^charset="?utf-?8"?$/.test(parameter)) quality = 0;
  }
  return { type: typeFor(name), quality };
}

function typeFor(range: string): MediaType | undefined {
  if (range === graphqlResponse) return graphqlResponse;
  return range === json || range === 'application/*' || range === '*/*' ? json : undefined;
}
