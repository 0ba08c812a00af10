/** The outcome of a request. */
export type Outcome =
  /** A complete page of users, possibly slow. */
  | 'page'
  /** The description of a pool. */
  | 'description'
  /** `TooManyRequestsException`, by the quota or by chance. */
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

/** A request to the emulator, for tests. */
export interface RecordedRequest {
  /** When it had arrived, in milliseconds since 1970-01-01T00:00:00Z, with a fraction, by a monotonic clock. */
  readonly at: number;
  /** Such as `ListUsers`; `unknown` if it named no operation of the service. */
  readonly operation: string;
  /** As in the request; undefined if it is not a string. */
  readonly poolId: string | undefined;
  /** The parsed body; empty if it was not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
  /** The error that it was answered with, such as `InvalidParameterException`. */
  readonly error: string | undefined;
  /** The number of users of its page, whether they arrived or not. */
  readonly users: number | undefined;
  readonly accessKeyId: string | undefined;
  readonly sessionToken: string | undefined;
}
