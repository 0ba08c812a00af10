import { randomUUID } from 'node:crypto';
import type { Caller } from '../auth/authenticator.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { AnsweredRequest, InterpretedReason } from '../observation.ts';
import { type HttpReply, type HttpRequest, headerOf, type ReplyBody } from './message.ts';
import type { PreparedOperation } from './prepare.ts';

/** What is known of a request by and by on its way, and told once it is answered. */
export class Journal {
  readonly requestId: string;
  /** Whether the client named the request itself, and so expects that name in the answer. */
  readonly isNamedByClient: boolean;
  caller: Caller | undefined;
  prepared: PreparedOperation | undefined;
  scope: RequestScope | undefined;
  interpreted: InterpretedReason | undefined;
  readonly #method: string;
  readonly #began = performance.now();

  constructor(request: HttpRequest) {
    const given = headerOf(request, 'x-request-id');
    this.isNamedByClient = given !== undefined && requestIds.test(given);
    this.requestId = this.isNamedByClient && given !== undefined ? given : nextRequestId();
    this.#method = request.method;
  }

  /** The request as the log and the metrics have it. */
  close({ status, codes = [], body }: HttpReply): AnsweredRequest {
    let matched: number | undefined;
    const snapshots: AnsweredRequest['snapshots'][number][] = [];
    for (const { read, rowsMatched } of this.scope?.scans ?? []) {
      if (rowsMatched !== undefined) matched = (matched ?? 0) + rowsMatched;
      if (!snapshots.includes(read.state)) snapshots.push(read.state);
    }
    const operation = this.prepared?.operation;
    return {
      requestId: this.requestId,
      method: this.#method,
      operationType: operation?.operation,
      operationName: operation?.name?.value.slice(0, longestName),
      role: this.caller?.role,
      status,
      codes: codes.length > 1 ? [...new Set(codes)] : codes,
      durationMs: performance.now() - this.#began,
      responseBytes: byteLengthOf(body),
      rowsMatched: matched,
      interpreted: this.interpreted,
      snapshots,
    };
  }
}

/** What the ids of this process's requests begin with; a number follows, which costs less than a UUID for each. */
const idPrefix = randomUUID().slice(0, 24);
let requests = 0;

function nextRequestId(): string {
  requests++;
  return idPrefix + requests.toString(16).padStart(12, '0');
}

function byteLengthOf(body: ReplyBody): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : body.reduce((sum, piece) => sum + piece.length, 0);
}

/** What may stand in a log as it is. Longer names, and others, are the client's own business. */
const requestIds = /^[\w.:/+=-]{1,128}$/;
/** Characters of an operation's name that the log has. */
const longestName = 100;
