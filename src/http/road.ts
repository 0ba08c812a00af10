import type { Attributes, Span } from '@opentelemetry/api';
import type { Authenticator, Caller } from '../auth/authenticator.ts';
import { nextTurn } from '../columns/pace.ts';
import { type RequestPorts, RequestScope } from '../graphql/request-scope.ts';
import type { RoleSchemas } from '../graphql/role-schemas.ts';
import { authorize } from '../limits/document.ts';
import type { Limits, NoCachePolicy } from '../limits/limits.ts';
import type { AnsweredRequest, Observe } from '../observation.ts';
import { inRequestSpan, inSpan, inSyncSpan } from '../tracing.ts';
import { type AnswerMeter, AnswerMeters } from './answer-meter.ts';
import { type Deadline, Deadlines } from './deadline.ts';
import { withEntityTag } from './entity-tag.ts';
import type { ErrorWriter } from './error-writer.ts';
import type { ExecutionContext, Executor, Outcome, Question } from './execute.ts';
import { Journal } from './journal.ts';
import type { MediaType } from './media-type.ts';
import { MemoryBudget } from './memory-budget.ts';
import { type HttpReply, type HttpRequest, headerOf, type Place } from './message.ts';
import type { PreparedDocuments } from './prepare.ts';
import { Receiver } from './receive.ts';
import { reply } from './reply.ts';
import { withHeaders } from './server/cross-origin.ts';

/** What the road is made of. */
export interface RoadOptions {
  readonly schemas: Pick<RoleSchemas, 'of'>;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  /** What a request of this caller needs to answer. */
  readonly portsFor: (caller: Caller, wish: ReadWish) => RequestPorts;
  readonly errors: ErrorWriter;
  readonly observe: Observe;
  readonly limits: Limits;
  readonly documents: PreparedDocuments;
  readonly executor: Executor;
  readonly allowNoCache: NoCachePolicy;
  /** Whether every answer explains its scans. */
  readonly explain: boolean;
}

/** How a request wants its snapshots. */
export interface ReadWish {
  /** Whether they may rest on no scan that had begun before. */
  readonly noCache: boolean;
  /** Left while the request waits for a scan. */
  readonly place: Place;
}

function mayForceScans({ authenticated }: Caller, policy: NoCachePolicy): boolean {
  return policy === 'all' || (policy === 'authenticated' && authenticated);
}

/** Characters of a document whose parsing and validation may take some milliseconds: only one each turn does. */
const longText = 8 * 1024;

/** Bytes in memory that the documents of all requests under way may take: those that wait for a scan keep theirs. */
const documentBytes = 32 * 1024 * 1024;
/** Bytes of a document of about 200 tokens, as people write them: it is never refused. */
const smallDocument = 80 * 1024;

const prepareSpan = { name: 'prepare' };
const executeSpan = { name: 'execute' };

/** Answers a request to GraphQL; never rejects. */
export type Road = (request: HttpRequest) => Promise<HttpReply>;

/**
 * The one road that every request for GraphQL takes, however it came:
 *
 * receive → identify → prepare → authorize → execute → reply
 *
 * What comes before (taking a place, the body) and after (writing to a socket) is the transport's.
 */
export function createRoad(options: RoadOptions): Road {
  const { schemas, authenticator, documents, executor, errors, limits } = options;
  const deadlines = new Deadlines(limits.requestTimeout);
  const receiver = new Receiver();
  const meters = new AnswerMeters(limits);
  const heldDocuments = new MemoryBudget({
    capacity: documentBytes,
    small: smallDocument,
    what: 'large documents',
  });

  async function answer(request: HttpRequest, deadline: Deadline, journal: Journal): Promise<HttpReply> {
    let mediaType: MediaType | undefined;
    let meter: AnswerMeter | undefined;
    const holding = heldDocuments.open();
    try {
      const { asked, ...wishes } = receiver.receive(request);
      mediaType = wishes.mediaType;
      const caller = await identify(request);
      journal.caller = caller;
      if ((asked.query?.length ?? 0) > longText) await nextTurn();
      const prepared = inSyncSpan(prepareSpan, () => documents.prepare(schemas.of(caller.role), asked));
      journal.prepared = prepared;
      holding.add(prepared.bytes);
      const ports = options.portsFor(caller, {
        noCache: wishes.noCache && mayForceScans(caller, options.allowNoCache),
        place: request.place,
      });
      const scope = new RequestScope(ports, deadline);
      journal.scope = scope;
      meter = meters.open(deadline.abort);
      const context = { scope, answer: meter };
      const question = executor.question(prepared, asked);
      const outcome = executor.recall(question, context) ?? (await execute(question, context, deadline));
      return await reply(outcome, context, errors, {
        mediaType,
        // A token that was sent to a gateway which verifies none may still have mattered on the way here.
        isPersonal: caller.authenticated || request.headers.authorization !== undefined,
        explain: wishes.explain || options.explain,
      });
    } catch (error) {
      meter?.release();
      return errors.reply(error, mediaType);
    } finally {
      holding.release();
      journal.scope?.end();
    }
  }

  /** What is remembered was authorized when it was asked for the first time. */
  function execute(question: Question, context: ExecutionContext, deadline: Deadline): Promise<Outcome> {
    const { prepared, variables } = question;
    authorize({ ...prepared, schema: prepared.schema.schema, variables }, limits);
    return inSpan(executeSpan, () => deadline.race(executor.execute(question, context)));
  }

  function identify(request: HttpRequest): Caller | Promise<Caller> {
    return authenticator.authenticate(headerOf(request, 'authorization') ?? null);
  }

  /** As OpenTelemetry's conventions name it: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
  return (request) =>
    inRequestSpan({ name: `${request.method} /graphql` }, request.headers, (span) => travel(request, span));

  async function travel(request: HttpRequest, span: Span | undefined): Promise<HttpReply> {
    const deadline = deadlines.set(request.client);
    const journal = new Journal(request);
    try {
      const answered = withEntityTag(request, await answer(request, deadline, journal));
      const facts = journal.close(answered);
      options.observe({ event: 'request', ...facts });
      span?.setAttributes(spanAttributes(facts));
      return journal.isNamedByClient
        ? withHeaders(answered, { 'x-request-id': journal.requestId })
        : answered;
    } finally {
      deadline.end();
    }
  }
}

/** https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/ */
function spanAttributes({
  method,
  status,
  operationType,
  operationName,
  codes,
}: AnsweredRequest): Attributes {
  return {
    'http.request.method': method,
    'http.route': '/graphql',
    'http.response.status_code': status,
    ...(operationType && { 'graphql.operation.type': operationType }),
    ...(operationName && { 'graphql.operation.name': operationName }),
    ...(codes[0] && { 'error.type': codes[0] }),
  };
}
