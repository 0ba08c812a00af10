import type { ScanErrorCode } from './errors.ts';
import type { ScanProgress } from './source/source.ts';

/** Everything worth knowing about a running gateway. One sink turns these into log lines and metrics. */
export type Observation =
  | { readonly event: 'listening'; readonly url: string }
  | { readonly event: 'stopping'; readonly reason: string }
  | { readonly event: 'model'; readonly tables: number; readonly problems: number }
  | { readonly event: 'statements-skipped'; readonly statements: number }
  | { readonly event: 'problem'; readonly object: string; readonly reason: string; readonly hint: string }
  | ({ readonly event: 'scan-progress'; readonly server: string; readonly object: string } & ScanProgress)
  | ({
      readonly event: 'scan-finished';
      readonly server: string;
      readonly object: string;
      readonly durationMs: number;
    } & ScanProgress)
  | {
      readonly event: 'scan-failed';
      readonly server: string;
      readonly object: string;
      /** Clients have it too. */
      readonly errorId: string;
      readonly code: ScanErrorCode;
      readonly message: string;
    }
  | {
      readonly event: 'snapshot-file';
      readonly server: string;
      readonly object: string;
      readonly message: string;
    }
  | { readonly event: 'keys-skipped'; readonly url: string; readonly message: string }
  | { readonly event: 'keys-unavailable'; readonly url: string; readonly message: string }
  | { readonly event: 'internal-error'; readonly errorId: string; readonly error: unknown };

/** Receives observations; never throws. */
export type Observe = (observation: Observation) => void;
