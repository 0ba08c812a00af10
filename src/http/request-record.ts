import { randomUUID } from 'node:crypto';
import type { Caller } from '../auth/authenticator.ts';
import type { RequestScope, UsedScan } from '../graphql/request-scope.ts';
import type { InterpretedReason, Observation } from '../observation.ts';
import { appended } from '../values/appended.ts';
import { type HttpReply, type HttpRequest, headerOf, type ReplyBody } from './message.ts';
import type { PreparedOperation } from './prepare.ts';

/** Collects what is observed of a request. */
export class RequestRecord {
  readonly requestId: string;
  /** Whether the id is the client's own, which it expects in the answer. */
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

  /** The observation of the answered request. */
  close({ status, codes = [], body }: HttpReply): Extract<Observation, { readonly event: 'request' }> {
    let matched: number | undefined;
    let snapshots: readonly UsedScan['read']['state'][] = [];
    for (const { read, rowsMatched } of this.scope?.scans ?? []) {
      if (rowsMatched !== undefined) matched = (matched ?? 0) + rowsMatched;
      if (!snapshots.includes(read.state)) snapshots = appended(snapshots, read.state);
    }
    const operation = this.prepared?.operation;
    return {
      event: 'request',
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

/** The prefix of this process's request ids. A number follows, which is cheaper than a UUID for each. */
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

/** The ids of clients that are logged. Longer ones and ones with other characters are replaced. */
const requestIds = /^[\w.:/+=-]{1,128}$/;
/** The number of logged characters of an operation's name. */
const longestName = 100;
