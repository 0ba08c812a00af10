import type { ErrorCode, ScanErrorCode } from './errors.ts';
import type { ScanProgress } from './source/source.ts';

/** A request to GraphQL that was answered. Holds nothing of its variables, its token or the rows. */
export interface AnsweredRequest {
  /** The client's own `X-Request-Id` where it sent one. */
  readonly requestId: string;
  readonly method: string;
  /** Undefined if the request was refused before its operation was known. */
  readonly operationType: 'query' | 'mutation' | 'subscription' | undefined;
  /** The client's own name of it. */
  readonly operationName: string | undefined;
  /** Undefined if the caller was not believed. */
  readonly role: string | undefined;
  readonly status: number;
  /** The codes of the errors in the answer, each once. */
  readonly codes: readonly ErrorCode[];
  readonly durationMs: number;
  readonly responseBytes: number;
  /** Rows that the filters matched, where the request asked for their count. */
  readonly rowsMatched: number | undefined;
  /** How the snapshots were come by that the answer rests on, each way once. */
  readonly snapshots: readonly ('fresh' | 'stale' | 'scanned' | 'joined')[];
}

/** Why the catalog could not be read. What was read before is still served. */
export interface ReloadFailure {
  readonly message: string;
  /** Milliseconds since 1970, of the first of the failures that have not ended yet. */
  readonly since: number;
  readonly failures: number;
}

/** Everything worth knowing about a running gateway. One sink turns these into log lines and metrics. */
export type Observation =
  /** The port answers health checks; GraphQL comes with `listening`, once the catalog has been read. */
  | { readonly event: 'port-open'; readonly url: string }
  | { readonly event: 'listening'; readonly url: string }
  | { readonly event: 'admin-listening'; readonly url: string }
  | ({ readonly event: 'request' } & AnsweredRequest)
  /** Something that was refused before it was looked at as GraphQL, such as one request too many. */
  | { readonly event: 'refused'; readonly status: number; readonly code: ErrorCode }
  | { readonly event: 'stopping'; readonly reason: string }
  | { readonly event: 'model'; readonly tables: number; readonly problems: number }
  /** The catalog could not be read anew, and what was read before is still served. */
  | { readonly event: 'reload-failed'; readonly message: string; readonly retryInMs: number }
  /** The catalog could not be read at the start, which waits for it. */
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
      /** Clients have it too. */
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
  | { readonly event: 'internal-error'; readonly errorId: string; readonly error: unknown };

/** Receives observations; never throws. */
export type Observe = (observation: Observation) => void;
