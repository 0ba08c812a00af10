import type { RequestScope } from '../graphql/request-scope.ts';
import { cacheHeaders } from './cache-hints.ts';
import type { Outcome } from './compile.ts';
import type { ErrorWriter } from './error-writer.ts';
import { reportScans } from './explain.ts';
import type { MediaType } from './media-type.ts';
import type { HttpReply } from './message.ts';

/** What an answer is written with. */
export interface ReplyOptions {
  readonly mediaType: MediaType;
  /** How long a snapshot is fresh. */
  readonly maxAgeMs: number;
  /** Whether the answer is for this caller alone. */
  readonly isPersonal: boolean;
  /** Whether it explains its scans. */
  readonly explain: boolean;
}

/** The sixth step of the road: what an operation came to, as an answer. */
export function reply(
  { data, errors }: Outcome,
  scope: RequestScope,
  writer: ErrorWriter,
  { mediaType, maxAgeMs, isPersonal, explain }: ReplyOptions,
): HttpReply {
  if (data === undefined) return writer.reply(new AggregateError(errors), mediaType);
  const result = {
    data,
    ...(errors.length > 0 && { errors: errors.map((error) => writer.write(error)) }),
    ...(explain && { extensions: { scans: reportScans(scope) } }),
  };
  return {
    status: 200,
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      ...cacheHeaders(scope, { maxAgeMs, isPersonal, isComplete: errors.length === 0 }),
    },
    body: JSON.stringify(result),
  };
}
