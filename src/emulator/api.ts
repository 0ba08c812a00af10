import { type ApiCall, type CallerIdentity, parametersOf } from './api-call.ts';
import { ApiError, accessDenied } from './api-error.ts';
import { type ApiReply, errorReply, successReply } from './api-reply.ts';
import { ChainBook } from './chain-book.ts';
import { FaultInjector } from './fault-injector.ts';
import type { AnswerFault, Faults } from './faults.ts';
import { listUsers, type UserPage } from './list-users.ts';
import { isPoolId, readListUsersParameters, readPoolId } from './list-users-parameters.ts';
import { LivePool } from './live-pool.ts';
import { Quota } from './quota.ts';
import type { Outcome, RecordedRequest } from './recorded-request.ts';
import type { PoolUser } from './user.ts';

/** The users of the emulated API, and its restrictions. */
export interface ApiOptions {
  /** The users of each pool, by the pool's id. The arrays are copied. */
  readonly pools: ReadonlyMap<string, readonly PoolUser[]>;
  /** The faults at first; none by default. */
  readonly faults?: Faults;
  /**
   * The maximum number of `ListUsers` requests per second over all pools; more get `TooManyRequestsException`. Unlimited by
   * default.
   */
  readonly requestsPerSecond?: number;
  /** The only valid access key: others get `UnrecognizedClientException`. By default all are valid. */
  readonly accessKeyId?: string;
  /** Whether `DescribeUserPool` is permitted; true by default. */
  readonly describeAllowed?: boolean;
}

/** The reply to a call, and the fault with which it is sent. */
export interface Answer {
  readonly reply: ApiReply;
  readonly fault: AnswerFault | undefined;
  /** The faults that were set when the call was answered. */
  readonly faults: Faults;
}

/** The emulated API, without its transport. */
export class Api {
  readonly requests: RecordedRequest[] = [];
  readonly #pools: ReadonlyMap<string, LivePool>;
  readonly #quota: Quota | undefined;
  readonly #accessKeyId: string | undefined;
  readonly #describeAllowed: boolean;
  readonly #book = new ChainBook();
  #injector: FaultInjector;

  /** @throws RangeError if an option is out of range */
  constructor({ pools, faults = {}, requestsPerSecond, accessKeyId, describeAllowed = true }: ApiOptions) {
    for (const id of pools.keys()) {
      if (!isPoolId(id)) throw new RangeError(`${id} is not the id of a pool, such as us-east-1_AbC`);
    }
    this.#pools = new Map([...pools].map(([id, users]) => [id, new LivePool(users)]));
    this.#quota = requestsPerSecond === undefined ? undefined : new Quota(requestsPerSecond);
    this.#accessKeyId = accessKeyId;
    this.#describeAllowed = describeAllowed;
    this.#injector = new FaultInjector(faults);
  }

  get faults(): Faults {
    return this.#injector.faults;
  }

  set faults(faults: Faults) {
    this.#injector = new FaultInjector(faults);
  }

  /** @throws RangeError if there is no such pool */
  pool(id: string): PoolUser[] {
    const pool = this.#pools.get(id);
    if (!pool) throw new RangeError(`there is no pool ${id}, only ${[...this.#pools.keys()].join(', ')}`);
    return pool.users;
  }

  /** Answers one call and records it. */
  answer(call: ApiCall): Answer {
    const at = performance.timeOrigin + performance.now();
    const injector = this.#injector;
    const fault = injector.drawAnswerFault();
    const { body, output, error } = this.#attempt(call, at, injector, fault);
    this.requests.push({
      at,
      operation: call.operation,
      poolId: typeof body.UserPoolId === 'string' ? body.UserPoolId : undefined,
      body,
      outcome: outcomeOf(fault, output, error),
      error: error?.code,
      users: output && !('UserPool' in output) ? (output.Users?.length ?? 0) : undefined,
      ...call.identity,
    });
    const { faults } = injector;
    const headers = { ...dateOf(faults), ...(error && retryAfterOf(faults, error)) };
    const reply = error ? errorReply(error, headers) : successReply(output ?? {}, headers);
    return { reply, fault, faults };
  }

  #attempt(call: ApiCall, at: number, injector: FaultInjector, fault: AnswerFault | undefined): Attempt {
    let body: Attempt['body'] = {};
    try {
      body = parametersOf(call);
      this.#checkIdentity(call.identity);
      injector.checkClock(call.signedAt);
      injector.checkAccess(call.operation);
      if (call.operation === 'ListUsers') this.#checkQuota(at);
      if (fault === 'throttle') throw throttled();
      if (fault === 'internalError') throw internalError();
      if (fault === 'maskedError') throw internalError(200);
      return { body, output: this.#run(call.operation, body, injector) };
    } catch (error) {
      return { body, error: error instanceof ApiError ? error : internalError() };
    }
  }

  #checkIdentity({ accessKeyId }: CallerIdentity): void {
    if (accessKeyId === undefined) {
      throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    if (this.#accessKeyId !== undefined && accessKeyId !== this.#accessKeyId) {
      const message = 'The security token included in the request is invalid.';
      throw new ApiError('UnrecognizedClientException', message);
    }
  }

  #checkQuota(at: number): void {
    if (this.#quota && !this.#quota.admit(at)) throw throttled();
  }

  #run(operation: string, body: Attempt['body'], injector: FaultInjector): UserPage | PoolDescription {
    if (operation === 'ListUsers') {
      const parameters = readListUsersParameters(body);
      return listUsers(parameters, this.#find(parameters.poolId), this.#book, injector);
    }
    if (operation === 'DescribeUserPool') {
      if (!this.#describeAllowed) throw accessDenied(operation);
      const id = readPoolId(body);
      return describePool(id, this.#find(id));
    }
    throw new ApiError('UnknownOperationException', 'only ListUsers and DescribeUserPool are emulated');
  }

  #find(id: string): LivePool {
    const pool = this.#pools.get(id);
    if (!pool) throw new ApiError('ResourceNotFoundException', `User pool ${id} does not exist.`);
    return pool;
  }
}

/** The result of a call: an output or an error. */
interface Attempt {
  readonly body: Readonly<Record<string, unknown>>;
  readonly output?: UserPage | PoolDescription;
  readonly error?: ApiError;
}

interface PoolDescription {
  readonly UserPool: {
    readonly Id: string;
    readonly Name: string;
    readonly EstimatedNumberOfUsers: number;
  };
}

function describePool(id: string, pool: LivePool): PoolDescription {
  return { UserPool: { Id: id, Name: id, EstimatedNumberOfUsers: pool.size } };
}

function throttled(): ApiError {
  return new ApiError('TooManyRequestsException', 'Rate exceeded');
}

function internalError(status = 500): ApiError {
  return new ApiError('InternalErrorException', 'An internal error occurred', status);
}

/** The `Date` of a service whose clock differs. Otherwise Node sends the header. */
function dateOf({ clockAheadMs }: Faults): Readonly<Record<string, string>> {
  return clockAheadMs === undefined ? {} : { Date: new Date(Date.now() + clockAheadMs).toUTCString() };
}

/** The `Retry-After` of errors that are worth a retry. */
function retryAfterOf({ retryAfterSeconds }: Faults, { code }: ApiError): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined || !errorOutcomes.has(code)
    ? {}
    : { 'Retry-After': String(retryAfterSeconds) };
}

/** The outcomes of faults in transport, which hide the answer. */
const transportOutcomes: ReadonlyMap<AnswerFault, Outcome> = new Map<AnswerFault, Outcome>([
  ['reset', 'reset'],
  ['stalledBody', 'stalled-body'],
  ['truncatedBody', 'truncated-body'],
  ['malformedJson', 'malformed-json'],
]);

const errorOutcomes: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ['TooManyRequestsException', 'throttled'],
  ['InternalErrorException', 'internal-error'],
]);

function outcomeOf(
  fault: AnswerFault | undefined,
  output: Attempt['output'],
  error: ApiError | undefined,
): Outcome {
  const onTheWay = fault && transportOutcomes.get(fault);
  if (onTheWay) return onTheWay;
  if (error) return errorOutcomes.get(error.code) ?? 'refused';
  return output && 'UserPool' in output ? 'description' : 'page';
}
