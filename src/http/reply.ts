import { cacheHeaders } from './cache-hints.ts';
import type { ErrorWriter } from './error-writer.ts';
import type { ExecutionContext, Outcome } from './execute.ts';
import { reportScans } from './explain.ts';
import { writeJson } from './json-writer.ts';
import type { MediaType } from './media-type.ts';
import type { HttpReply, ReplyBody } from './message.ts';

/** What an answer is written with. */
export interface ReplyOptions {
  readonly mediaType: MediaType;
  /** Whether the answer is for this caller alone. */
  readonly isPersonal: boolean;
  /** Whether it explains its scans. */
  readonly explain: boolean;
}

/** The sixth step of the road: what an operation came to, as an answer. */
export async function reply(
  outcome: Outcome,
  { scope, answer }: ExecutionContext,
  writer: ErrorWriter,
  { mediaType, isPersonal, explain }: ReplyOptions,
): Promise<HttpReply> {
  const extensions = explain ? { scans: reportScans(scope) } : undefined;
  if ('data' in outcome && outcome.data === undefined) throw new AggregateError(outcome.errors);
  const errors = 'data' in outcome ? outcome.errors.map((error) => writer.write(error)) : [];
  return {
    status: 200,
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      ...cacheHeaders(scope, { isPersonal, isComplete: errors.length === 0 }),
    },
    body:
      'data' in outcome
        ? await writeJson(resultOf(outcome.data, errors, extensions), scope.pace, answer)
        : withExtensions(outcome.written, extensions),
    codes: errors.map((error) => error.extensions.code),
    release: () => answer.release(),
  };
}

type Extensions = Readonly<Record<string, unknown>> | undefined;

function resultOf(data: unknown, errors: readonly unknown[], extensions: Extensions) {
  return { data, ...(errors.length > 0 && { errors }), ...(extensions && { extensions }) };
}

/** @param written an object as JSON, in pieces */
function withExtensions(written: readonly Uint8Array[], extensions: Extensions): ReplyBody {
  if (!extensions) return written.length === 1 && written[0] ? written[0] : written;
  const last = written.at(-1)?.subarray(0, -1) ?? new Uint8Array(0);
  return [...written.slice(0, -1), last, Buffer.from(`,"extensions":${JSON.stringify(extensions)}}`)];
}
