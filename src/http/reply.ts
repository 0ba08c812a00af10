import { paced } from '../columns/pace.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import { answerHeaders } from './answer-headers.ts';
import type { ErrorWriter, WrittenError } from './error-writer.ts';
import type { ExecutionContext, Outcome } from './execute.ts';
import { reportScans } from './explain.ts';
import { writeJson } from './json-writer.ts';
import type { HttpReply, HttpReplyHeaders, ReplyBody } from './message.ts';
import type { MediaType } from './request/media-type.ts';

/** How an answer is written. */
export interface ReplyOptions {
  readonly mediaType: MediaType;
  /** Whether the answer is only for this caller. */
  readonly isPersonal: boolean;
  /** Whether it contains `extensions.scans`. */
  readonly explain: boolean;
}

/** The sixth step of the pipeline: turns the outcome of an operation into an answer. */
export function reply(
  outcome: Outcome,
  context: ExecutionContext,
  writer: ErrorWriter,
  options: ReplyOptions,
): HttpReply | Promise<HttpReply> {
  return 'written' in outcome
    ? writtenReply(outcome, context, options)
    : resultReply(outcome, context, writer, options);
}

function writtenReply(
  { written, isRemembered }: Extract<Outcome, { readonly written: unknown }>,
  { scope, answer }: ExecutionContext,
  options: ReplyOptions,
): HttpReply {
  return {
    status: 200,
    headers: headersOf(scope, options, true),
    body: withExtensions(written, extensionsOf(scope, options)),
    isRemembered,
    codes: [],
    release: () => answer.release(),
  };
}

async function resultReply(
  { data, errors: raised }: Extract<Outcome, { readonly data: unknown }>,
  { scope, answer }: ExecutionContext,
  writer: ErrorWriter,
  options: ReplyOptions,
): Promise<HttpReply> {
  if (data === undefined) throw new AggregateError(raised);
  const errors: WrittenError[] = [];
  await paced(raised.length, scope.pace, (index) => errors.push(writer.write(raised[index])));
  const result = resultOf(data, errors, extensionsOf(scope, options));
  return {
    status: 200,
    headers: headersOf(scope, options, errors.length === 0),
    body: await writeJson(result, scope.pace, answer),
    codes: errors.map((error) => error.extensions.code),
    release: () => answer.release(),
  };
}

function headersOf(
  scope: RequestScope,
  { mediaType, isPersonal }: ReplyOptions,
  isComplete: boolean,
): HttpReplyHeaders {
  return answerHeaders(scope, { mediaType, isPersonal, isComplete });
}

function extensionsOf(scope: RequestScope, { explain }: ReplyOptions): Extensions {
  return explain ? { scans: reportScans(scope) } : undefined;
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
