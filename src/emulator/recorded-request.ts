/** What a request came to. */
export type Outcome =
  /** A page of users, whole, however slowly. */
  | 'page'
  /** The description of a pool. */
  | 'description'
  /** `TooManyRequestsException`, by the ceiling or by chance. */
  | 'throttled'
  /** `InternalErrorException`. */
  | 'internal-error'
  /** The connection was reset. */
  | 'reset'
  | 'stalled-body'
  | 'truncated-body'
  | 'malformed-json'
  /** Any other error of the API. */
  | 'refused';

/** A request that the emulator got, for tests to count. */
export interface RecordedRequest {
  /** When it had come in, in milliseconds since 1970-01-01T00:00:00Z, with a fraction; never goes back. */
  readonly at: number;
  /** Such as `ListUsers`; `unknown` where it named no operation of the service. */
  readonly operation: string;
  /** As the request says; undefined where it is not a string. */
  readonly poolId: string | undefined;
  /** The parsed body; empty where it was no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
  /** The error that it was answered with, such as `InvalidParameterException`. */
  readonly error: string | undefined;
  /** How many users its page had, whether they arrived or not. */
  readonly users: number | undefined;
  readonly accessKeyId: string | undefined;
  readonly sessionToken: string | undefined;
}
