/**
 * Every code of the gateway's errors: in an answer's `errors[].extensions.code`, in the log, or as the reason why a command
 * failed. Clients depend on them, so a code is never renamed.
 */
export type ErrorCode =
  | RequestErrorCode
  | PersistedQueryErrorCode
  | ScanErrorCode
  | 'ROW_VALUE_INVALID'
  | 'INTERNAL_SERVER_ERROR'
  | 'CONFIGURATION'
  | 'USAGE';

/** Why a request is not answered. */
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

/** Why a request with a persisted document, or without the required one, is not answered. */
export type PersistedQueryErrorCode =
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'PERSISTED_QUERY_NOT_IN_LIST'
  | 'PERSISTED_QUERY_ID_REQUIRED'
  | 'PERSISTED_QUERY_ONLY';

/** An error that the gateway raises on purpose, with a stable code. No message contains a secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** Further properties of the response's `extensions`, in addition to the code. */
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

/** An argument is invalid. `path` names it, such as `filter.email.eq`. */
export class BadUserInputError extends GatewayError {
  constructor(path: string, message: string) {
    super('BAD_USER_INPUT', message, { argument: path });
  }
}

/** The caller could not be authenticated. */
export class UnauthenticatedError extends GatewayError {
  constructor(message: string) {
    super('UNAUTHENTICATED', message);
  }
}

/** The request exceeds a limit. `details` name the limit and its flag. */
export class QueryTooComplexError extends GatewayError {
  constructor(message: string, details: Readonly<Record<string, unknown>>) {
    super('QUERY_TOO_COMPLEX', message, details);
  }
}

/** The request was not answered within the time limit. */
export class RequestTimeoutError extends GatewayError {
  constructor(message: string) {
    super('REQUEST_TIMEOUT', message);
  }
}

/** A column's value cannot be shown: its text is not valid for its type, or JSON has no such number. */
export class RowValueError extends GatewayError {
  /** @param problem what is wrong, worded to follow `column age: ` */
  constructor(column: string, problem: string) {
    super('ROW_VALUE_INVALID', `column ${column}: ${problem}`);
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

/** What clients are told about a scan's failure: no names, addresses or permissions of what was scanned. */
const scanMessages: Readonly<Record<ScanErrorCode, string>> = {
  SCAN_IN_PROGRESS: 'the data is still being read from its service; retry shortly',
  SCAN_THROTTLED: 'the service that holds the data is throttling the gateway; retry later',
  SCAN_DENIED: 'the gateway is not allowed to read the data from its service',
  SCAN_NOT_FOUND: 'the service that holds the data does not know it',
  SCAN_UNAVAILABLE: 'the service that holds the data is unavailable; retry later',
  SCAN_INVALID_RESPONSE: 'the service that holds the data gave an invalid response',
};

/** What is known about a scan's failure in addition to its code. */
export interface ScanErrorFacts {
  /** Identifies the failure in the log. */
  readonly errorId?: string | undefined;
  /** What the scan has done so far. */
  readonly progress?: unknown;
  readonly cause?: unknown;
}

/** A scan failed, or did not complete in time. The message is for clients. */
export class ScanError extends GatewayError {
  declare readonly code: ScanErrorCode;
  /** One line for the log and for operators. It may name pools, Regions and permissions, but contains no secret. */
  readonly detail: string;

  constructor(code: ScanErrorCode, detail: string, { cause, ...facts }: ScanErrorFacts = {}) {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    super(code, scanMessages[code], Object.fromEntries(known), cause);
    this.detail = detail;
  }

  /** The same error for callers who may not learn how many rows there are. */
  withoutProgress(): ScanError {
    const { errorId } = this.details;
    return new ScanError(this.code, this.detail, {
      errorId: typeof errorId === 'string' ? errorId : undefined,
      cause: this.cause,
    });
  }
}

/** The gateway or a command cannot run with its configuration. The message is one line. */
export class ConfigurationError extends GatewayError {
  constructor(message: string, cause?: unknown) {
    super('CONFIGURATION', message, {}, cause);
  }
}

/** Something that the configuration depends on is unavailable at the moment. */
export class UnavailableError extends ConfigurationError {}

/** Flags are wrong or contradict each other. The message is one line. */
export class UsageError extends GatewayError {
  constructor(message: string) {
    super('USAGE', message);
  }
}

/** An error's message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an error from Node, such as `ENOENT`, or the SQLSTATE of one from Postgres. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
