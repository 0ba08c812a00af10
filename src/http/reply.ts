import type { RequestScope } from '../graphql/request-scope.ts';
import type { AnswerMeter } from './answer-meter.ts';
import { cacheHeaders } from './cache-hints.ts';
import type { Outcome } from './compile.ts';
import type { ErrorWriter } from './error-writer.ts';
import { reportScans } from './explain.ts';
import { writeJson } from './json-writer.ts';
import type { MediaType } from './media-type.ts';
import type { HttpReply } from './message.ts';

/** What an answer is written with. */
export interface ReplyOptions {
  readonly mediaType: MediaType;
  /** Whether the answer is for this caller alone. */
  readonly isPersonal: boolean;
  /** Whether it explains its scans. */
  readonly explain: boolean;
}

/** What the fields of a request share, and what counts their answer. */
export interface ReplyContext {
  readonly scope: RequestScope;
  readonly answer: AnswerMeter;
}

/** The sixth step of the road: what an operation came to, as an answer. */
export async function reply(
  { data, errors }: Outcome,
  { scope, answer }: ReplyContext,
  writer: ErrorWriter,
  { mediaType, isPersonal, explain }: ReplyOptions,
): Promise<HttpReply> {
  if (data === undefined) throw new AggregateError(errors);
  const written = errors.map((error) => writer.write(error));
  const result = {
    data,
    ...(written.length > 0 && { errors: written }),
    ...(explain && { extensions: { scans: reportScans(scope) } }),
  };
  return {
    status: 200,
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      ...cacheHeaders(scope, { isPersonal, isComplete: errors.length === 0 }),
    },
    body: await writeJson(result, scope.pace, answer),
    codes: written.map(({ extensions }) => extensions.code),
    release: () => answer.release(),
  };
}
