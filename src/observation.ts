import type { ErrorCode, ScanErrorCode } from './errors.ts';
import type { ScanProgress } from './source/source.ts';

/**
 * Why an operation was interpreted instead of compiled:
 *
 * - `rare`: it has not been repeated often enough
 * - `introspection`: it asks for the schema
 * - `too-large`: compiling it would take too much memory
 * - `unsupported`: it has a field, or one combination too many of `@include` and `@skip`, that has no plan
 * - `error`: its answer contains an error
 * - `failed`: the compiled code failed where the interpreter did not, which is a bug
 */
export type InterpretedReason = 'rare' | 'introspection' | 'too-large' | 'unsupported' | 'error' | 'failed';

/** An answered GraphQL request, without its variables, token or rows. */
export interface AnsweredRequest {
  /** The client's `X-Request-Id`, if it sent one. */
  readonly requestId: string;
  readonly method: string;
  /** Undefined if the request was rejected before its operation was known. */
  readonly operationType: 'query' | 'mutation' | 'subscription' | undefined;
  /** The client's name of the operation. */
  readonly operationName: string | undefined;
  /** Undefined if the caller was not authenticated. */
  readonly role: string | undefined;
  readonly status: number;
  /** The distinct codes of the errors in the answer. */
  readonly codes: readonly ErrorCode[];
  readonly durationMs: number;
  readonly responseBytes: number;
  /** How many rows the filters matched, if the request asked for their count. */
  readonly rowsMatched: number | undefined;
  /** Why it was interpreted; undefined if compiled code or a cache answered, or nothing was executed. */
  readonly interpreted: InterpretedReason | undefined;
  /** The distinct states of the snapshots that the answer is based on. */
  readonly snapshots: readonly ('fresh' | 'stale' | 'scanned' | 'joined')[];
}

/** Why the catalog could not be read again. The last one read is still in effect. */
export interface ReloadFailure {
  readonly message: string;
  /** When the current series of failures began, in milliseconds since 1970. */
  readonly since: number;
  readonly failures: number;
}

/** An event worth logging or counting. */
export type Observation =
  /** The port answers health checks. GraphQL follows with `listening`, once the catalog has been read. */
  | { readonly event: 'port-open'; readonly url: string }
  | { readonly event: 'listening'; readonly url: string }
  | { readonly event: 'admin-listening'; readonly url: string }
  | ({ readonly event: 'request' } & AnsweredRequest)
  /** A request was rejected before it was parsed as GraphQL, for example because of overload. */
  | { readonly event: 'refused'; readonly status: number; readonly code: ErrorCode }
  | { readonly event: 'stopping'; readonly reason: string }
  | { readonly event: 'model'; readonly tables: number; readonly problems: number }
  /** The catalog could not be read again. The last one read is still in effect. */
  | { readonly event: 'reload-failed'; readonly message: string; readonly retryInMs: number }
  /** The catalog could not be read at start, which waits for it. */
  | { readonly event: 'catalog-unavailable'; readonly message: string; readonly retryInMs: number }
  | { readonly event: 'statements-skipped'; readonly statements: number }
  | { readonly event: 'problem'; readonly object: string; readonly reason: string; readonly hint: string }
  | ({ readonly event: 'scan-progress'; readonly server: string; readonly object: string } & ScanProgress)
  | ({
      readonly event: 'scan-finished';
      readonly server: string;
      readonly object: string;
      readonly durationMs: number;
    } & ScanProgress)
  | ({
      readonly event: 'scan-failed';
      readonly server: string;
      readonly object: string;
      /** Clients get it as well. */
      readonly errorId: string;
      readonly code: ScanErrorCode;
      readonly message: string;
      readonly durationMs: number;
    } & ScanProgress)
  | {
      readonly event: 'snapshot-file';
      readonly server: string;
      readonly object: string;
      readonly message: string;
    }
  | {
      readonly event: 'snapshot-published';
      readonly server: string;
      readonly object: string;
      readonly sequence: number;
      readonly bytes: number;
    }
  | {
      readonly event: 'snapshot-loaded';
      readonly server: string;
      readonly object: string;
      readonly sequence: number;
      readonly bytes: number;
      readonly durationMs: number;
    }
  | {
      readonly event: 'sharing';
      readonly server: string;
      readonly object: string;
      readonly message: string;
    }
  | { readonly event: 'worker'; readonly pid: number | undefined; readonly message: string }
  | { readonly event: 'keys-skipped'; readonly url: string; readonly message: string }
  | { readonly event: 'keys-unavailable'; readonly url: string; readonly message: string }
  /** Compiled code failed where the interpreter answered. */
  | {
      readonly event: 'compiled-failed';
      readonly operationName: string | undefined;
      readonly error: unknown;
    }
  | { readonly event: 'internal-error'; readonly errorId: string; readonly error: unknown };

/** Receives observations; never throws. */
export type Observe = (observation: Observation) => void;
