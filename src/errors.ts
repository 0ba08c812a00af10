/**
 * Every code that an error of the gateway can have: in an answer's `errors[].extensions.code`, in the log, or as the
 * reason for which a command ends. Clients depend on them, so that a code is never renamed.
 */
export type ErrorCode =
  | RequestErrorCode
  | PersistedQueryErrorCode
  | ScanErrorCode
  | 'ROW_VALUE_INVALID'
  | 'INTERNAL_SERVER_ERROR'
  | 'CONFIGURATION'
  | 'USAGE';

/** What is wrong with a request, or with the moment at which it came. */
export type RequestErrorCode =
  | 'BAD_REQUEST'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'QUERY_TOO_COMPLEX'
  | 'REQUEST_TIMEOUT'
  | 'OVERLOADED'
  | 'NOT_READY';

/** Why a request that names its document, or should, is not answered. */
export type PersistedQueryErrorCode =
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'PERSISTED_QUERY_NOT_IN_LIST'
  | 'PERSISTED_QUERY_ID_REQUIRED'
  | 'PERSISTED_QUERY_ONLY';

/** Every error the gateway raises on purpose. Each has a stable code; no message holds a secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** Further facts for the response's `extensions`, beside the code. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** The caller's argument breaks the contract. `path` names it, such as `filter.email.eq`. */
export class BadUserInputError extends GatewayError {
  constructor(path: string, message: string) {
    super('BAD_USER_INPUT', message, { argument: path });
  }
}

/** Who is asking could not be established. */
export class UnauthenticatedError extends GatewayError {
  constructor(message: string) {
    super('UNAUTHENTICATED', message);
  }
}

/** Answering the request would take more than a limit allows. `details` name the limit and its flag. */
export class QueryTooComplexError extends GatewayError {
  constructor(message: string, details: Readonly<Record<string, unknown>>) {
    super('QUERY_TOO_COMPLEX', message, details);
  }
}

/** The request was not answered in the time that one may take. */
export class RequestTimeoutError extends GatewayError {
  constructor(message: string) {
    super('REQUEST_TIMEOUT', message);
  }
}

/** A column has no value that can be shown: its text is none of its type, or JSON has no such number. */
export class RowValueError extends GatewayError {
  /** @param fault what is wrong, to be read after `column age: ` */
  constructor(column: string, fault: string) {
    super('ROW_VALUE_INVALID', `column ${column}: ${fault}`);
  }
}

/** Why a scan could not be completed. */
export type ScanErrorCode =
  | 'SCAN_IN_PROGRESS'
  | 'SCAN_THROTTLED'
  | 'SCAN_DENIED'
  | 'SCAN_NOT_FOUND'
  | 'SCAN_UNAVAILABLE'
  | 'SCAN_INVALID_RESPONSE';

/** What a client is told of a scan's failure. Names, addresses and permissions of what was scanned are not for it. */
const scanMessages: Readonly<Record<ScanErrorCode, string>> = {
  SCAN_IN_PROGRESS: 'the data is still being read from its service; retry shortly',
  SCAN_THROTTLED: 'the service that holds the data is throttling the gateway; retry later',
  SCAN_DENIED: 'the gateway is not allowed to read the data from its service',
  SCAN_NOT_FOUND: 'the service that holds the data does not know it',
  SCAN_UNAVAILABLE: 'the service that holds the data is unavailable; retry later',
  SCAN_INVALID_RESPONSE: 'the service that holds the data gave an invalid response',
};

/** What is known of a scan's failure beside its code. */
export interface ScanErrorFacts {
  /** Names the failure in the log. */
  readonly errorId?: string | undefined;
  /** What the scan has done so far. */
  readonly progress?: unknown;
  readonly cause?: unknown;
}

/** A scan could not be completed, or not in time. The message is for clients. */
export class ScanError extends GatewayError {
  declare readonly code: ScanErrorCode;
  /** One line for the log and for operators: it may name pools, regions and permissions, but holds no secret. */
  readonly detail: string;

  constructor(code: ScanErrorCode, detail: string, { cause, ...facts }: ScanErrorFacts = {}) {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    super(code, scanMessages[code], Object.fromEntries(known), cause);
    this.detail = detail;
  }

  /** The same for a caller who may not know how many rows there are. */
  withoutProgress(): ScanError {
    const { errorId } = this.details;
    return new ScanError(this.code, this.detail, {
      errorId: typeof errorId === 'string' ? errorId : undefined,
      cause: this.cause,
    });
  }
}

/** The gateway cannot start, or a command cannot run, as configured. The message is one line. */
export class ConfigurationError extends GatewayError {
  constructor(message: string, cause?: unknown) {
    super('CONFIGURATION', message, {}, cause);
  }
}

/** What the gateway is configured by did not answer; it may later. */
export class UnavailableError extends ConfigurationError {}

/** A command was given flags that contradict each other. The message is one line. */
export class UsageError extends GatewayError {
  constructor(message: string) {
    super('USAGE', message);
  }
}
