import type { Attributes, Span } from '@opentelemetry/api';
import type { Authenticator, Caller } from '../auth/authenticator.ts';
import { type Ready, settleReady, whenReady } from '../columns/ready.ts';
import { isTurnSpent, nextTurn, turnWithin } from '../columns/turn.ts';
import { type RequestPorts, RequestScope } from '../graphql/request-scope.ts';
import type { RoleSchemas } from '../graphql/role-schemas.ts';
import type { Cost } from '../limits/cost.ts';
import { authorize } from '../limits/document.ts';
import type { Limits, NoCachePolicy } from '../limits/limits.ts';
import type { AnsweredRequest, Observe } from '../observation.ts';
import { inRequestSpan, inSpan } from '../tracing.ts';
import { merged } from '../values/merged.ts';
import { type AnswerMeter, AnswerMeters } from './answer-meter.ts';
import { type Deadline, Deadlines } from './deadline.ts';
import { withEntityTag } from './entity-tag.ts';
import type { ErrorWriter } from './error-writer.ts';
import type { ExecutionContext, Executor, Outcome, Question } from './execute.ts';
import { FewAtOnce, type Permit } from './few-at-once.ts';
import { type Holding, MemoryBudget } from './memory-budget.ts';
import { type HttpReply, type HttpRequest, headerOf, type WaitingPlace, withHeaders } from './message.ts';
import type { PreparedDocuments, PreparedOperation } from './prepare.ts';
import { reply } from './reply.ts';
import type { Asked } from './request/asked.ts';
import type { MediaType } from './request/media-type.ts';
import type { GraphQLRequest, Receiver } from './request/receive.ts';
import { RequestRecord } from './request-record.ts';

/** The parts of the pipeline. */
export interface PipelineOptions {
  readonly schemas: Pick<RoleSchemas, 'of'>;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  /** What the scope of this caller's request needs. */
  readonly portsFor: (caller: Caller, wish: ReadWish) => RequestPorts;
  readonly errors: ErrorWriter;
  readonly observe: Observe;
  readonly limits: Limits;
  readonly receiver: Receiver;
  readonly documents: PreparedDocuments;
  readonly executor: Executor;
  readonly allowNoCache: NoCachePolicy;
  /** Whether every answer explains its scans. */
  readonly explain: boolean;
}

/** What a request needs from snapshots. */
export interface ReadWish {
  /** Whether their scans must start after the request. */
  readonly noCache: boolean;
  /** Given up while the request waits for a scan. */
  readonly place: WaitingPlace;
}

function mayForceScans({ authenticated }: Caller, policy: NoCachePolicy): boolean {
  return policy === 'all' || (policy === 'authenticated' && authenticated);
}

/** Bytes of a body, or of variables, that are dealt with in no time, and of those that take some milliseconds each time. */
const smallBody = 4 * 1024;
const largeBody = 16 * 1024;

/** Fields of an operation that runs in no time, but for what it does in paced loops. */
const fewFields = 5;

/**
 * The nodes of all requests together that may take long and run at the same time: while an operation is interpreted, each takes
 * one to three kilobytes. Few requests run at the same time even if they have few nodes, because each holds its variables and
 * its answer in memory.
 */
const mostNodes = 60_000;
const leastNodes = mostNodes / 3;
/** Nodes from which a request counts: a hundred such requests have as many as a large one. */
const countedNodes = 200;
/** Nodes, bytes of names, and bytes of a body or of variables from which a request may take long. */
const heavyNodes = 1_000;
const heavyBytes = 64 * 1024;

/** The maximum size of the parsed parts of all requests in flight, including those that wait for a scan, in bytes. */
const parsedBytes = 24 * 1024 * 1024;
/** The size of a document of about 200 tokens, which is always accepted. */
const smallParsed = 80 * 1024;
/** The memory of variables per byte of their JSON: about five for short texts and numbers. */
const bytesPerVariableByte = 5;

const prepareSpan = { name: 'prepare' };
const executeSpan = { name: 'execute' };

/** Answers a GraphQL request, without a promise if it does not have to wait; never throws or rejects. */
export type Pipeline = (request: HttpRequest) => Ready<HttpReply>;

/**
 * The one pipeline that every GraphQL request passes, whatever its transport:
 *
 * receive → identify → prepare → authorize → execute → reply
 *
 * The transport does what comes before (body, place) and after (writing to the socket).
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { limits } = options;
  const parts: PipelineParts = {
    ...options,
    deadlines: new Deadlines(limits.requestTimeout),
    meters: new AnswerMeters(limits),
    // Those that wait leave half of the places to others.
    heavy: new FewAtOnce(mostNodes, Math.ceil(limits.concurrentRequests / 2)),
    parsed: new MemoryBudget({
      capacity: parsedBytes,
      small: smallParsed,
      what: 'large documents and variables',
    }),
  };
  return (request) =>
    inRequestSpan(request, '/graphql', (span) => new RequestRun(parts, request, span).reply());
}

/** What all requests share. */
interface PipelineParts extends PipelineOptions {
  readonly deadlines: Deadlines;
  readonly meters: AnswerMeters;
  readonly heavy: FewAtOnce;
  readonly parsed: MemoryBudget;
}

/** One request on its way through the pipeline. */
class RequestRun implements WaitingPlace {
  readonly #parts: PipelineParts;
  readonly #request: HttpRequest;
  readonly #span: Span | undefined;
  readonly #deadline: Deadline;
  readonly #record: RequestRecord;
  /** Counts the memory of its document and variables. */
  readonly #parsed: Holding;
  #mediaType: MediaType | undefined;
  #meter: AnswerMeter | undefined;
  /** To run an operation that may take long. */
  #permit: Permit | undefined;
  #isOver = false;

  constructor(parts: PipelineParts, request: HttpRequest, span: Span | undefined) {
    this.#parts = parts;
    this.#request = request;
    this.#span = span;
    this.#deadline = parts.deadlines.set(request);
    this.#record = new RequestRecord(request);
    this.#parsed = parts.parsed.open();
  }

  reply(): Ready<HttpReply> {
    return settleReady(
      () => this.#answer(),
      (answered) => this.#end(answered),
      (error) => {
        this.#meter?.release();
        return this.#end(this.#parts.errors.reply(error, this.#mediaType));
      },
    );
  }

  #answer(): Ready<HttpReply> {
    const { length } = this.#request.body;
    const receive = () =>
      this.#whenThereIsTime(length > smallBody, length > largeBody, () => this.#receive());
    return length > heavyBytes ? this.#withPermit(leastNodes, receive) : receive();
  }

  #receive(): Ready<HttpReply> {
    return whenReady(this.#parts.receiver.receive(this.#request, this.#deadline), (received) => {
      this.#mediaType = received.mediaType;
      return whenReady(this.#identify(), (caller) => this.#prepare(received, caller));
    });
  }

  #identify(): Ready<Caller> {
    return this.#parts.authenticator.authenticate(headerOf(this.#request, 'authorization') ?? null);
  }

  #prepare(received: GraphQLRequest, caller: Caller): Ready<HttpReply> {
    const { schemas, documents } = this.#parts;
    this.#record.caller = caller;
    const preparing = inSpan(prepareSpan, () =>
      documents.prepare(schemas.of(caller.role), received.asked, this.#deadline),
    );
    return whenReady(preparing, (prepared) => this.#run(prepared, received, caller));
  }

  #run(prepared: PreparedOperation, received: GraphQLRequest, caller: Caller): Ready<HttpReply> {
    const { executor, meters, portsFor, allowNoCache } = this.#parts;
    const { asked } = received;
    this.#record.prepared = prepared;
    this.#parsed.add(prepared.bytes + bytesPerVariableByte * asked.variableBytes);
    const ports = portsFor(caller, {
      noCache: received.noCache && mayForceScans(caller, allowNoCache),
      place: this,
    });
    const scope = new RequestScope(ports, this.#deadline);
    this.#record.scope = scope;
    this.#meter = meters.open(this.#deadline.abort);
    const context = { scope, answer: this.#meter };
    const question = executor.question(prepared, asked);
    const running = executor.recall(question, context) ?? this.#authorize(question, context, asked);
    return whenReady(running, (outcome) => {
      if ('interpreted' in outcome) this.#record.interpreted = outcome.interpreted;
      return reply(outcome, context, this.#parts.errors, {
        mediaType: received.mediaType,
        // Even if the gateway does not verify tokens, a proxy may have.
        isPersonal: caller.authenticated || this.#request.headers.authorization !== undefined,
        explain: received.explain || this.#parts.explain,
      });
    });
  }

  /** A cached answer was authorized when it was first requested. */
  #authorize(question: Question, context: ExecutionContext, { variableBytes }: Asked): Ready<Outcome> {
    const { prepared, variables } = question;
    const takesTime =
      prepared.size.fields > fewFields || prepared.bytes > smallParsed || variableBytes > smallBody;
    const takesLong = variableBytes > largeBody;
    return this.#whenThereIsTime(takesTime, takesLong, () => {
      const cost = authorize(
        merged(prepared, { schema: prepared.schema.schema, variables }),
        this.#parts.limits,
      );
      const execute = () =>
        this.#whenThereIsTime(takesTime, takesLong, () => this.#execute(question, context, cost));
      const isHeavy = cost.nodes > heavyNodes || cost.bytes > heavyBytes || variableBytes > heavyBytes;
      if (isHeavy) return this.#withPermit(Math.max(cost.nodes, leastNodes), execute);
      return cost.nodes > countedNodes ? this.#withPermit(cost.nodes, execute) : execute();
    });
  }

  /** Runs work that may take long once few other requests run such work. */
  #withPermit<T>(nodes: number, work: () => Ready<T>): Ready<T> {
    if (this.#permit && this.#permit.weight >= nodes) return work();
    // To wait while holding one could mean to wait for another that does the same.
    this.#permit?.giveBack();
    const taking = whenReady(this.#parts.heavy.take(nodes), (permit) => {
      this.#permit = permit;
      if (this.#isOver) permit.giveBack();
    });
    if (!(taking instanceof Promise)) return work();
    this.#deadline.signal.throwIfAborted();
    return this.#deadline.race(taking).then(work);
  }

  /** Who waits for a scan gives its permit back for good. All who waited for the same scan come back at once. */
  async whileWaiting<T>(wait: () => Promise<T>): Promise<T> {
    this.#permit?.giveBack();
    const waitedFor = await this.#request.place.whileWaiting(wait);
    await nextTurn();
    return waitedFor;
  }

  #execute(question: Question, context: ExecutionContext, cost: Cost): Ready<Outcome> {
    return inSpan(executeSpan, () => {
      const executing = this.#parts.executor.execute(question, context, cost);
      return executing instanceof Promise ? this.#deadline.race(executing) : executing;
    });
  }

  /**
   * Does work at once, or in a turn of the event loop of its own, unless the request has ended by then.
   *
   * @param takesTime whether it waits where other work has used up the turn
   * @param takesLong whether it waits in any case
   */
  #whenThereIsTime<T>(takesTime: boolean, takesLong: boolean, work: () => Ready<T>): Ready<T> {
    if (!takesLong && !(takesTime && isTurnSpent())) return work();
    return turnWithin(this.#deadline).then(work);
  }

  #end(answered: HttpReply): HttpReply {
    this.#isOver = true;
    this.#permit?.giveBack();
    this.#parsed.release();
    this.#record.scope?.end();
    this.#deadline.end();
    const tagged = withEntityTag(this.#request, answered);
    const facts = this.#record.close(tagged);
    this.#parts.observe(facts);
    this.#span?.setAttributes(spanAttributes(facts));
    const { isNamedByClient, requestId } = this.#record;
    return isNamedByClient ? withHeaders(tagged, { 'x-request-id': requestId }) : tagged;
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
