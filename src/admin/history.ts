import type { ErrorCode, ScanErrorCode } from '../errors.ts';
import { objectKey } from '../model/model.ts';
import type { Observation } from '../observation.ts';

/** Why the last scan of an object failed, until one succeeds. */
export interface ScanFailure {
  readonly code: ScanErrorCode;
  readonly message: string;
  readonly errorId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The number of failures since the last success. */
  readonly failures: number;
}

/** An error, worded as in the log. */
export interface RecentError {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: Observation['event'];
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly errorId: string | undefined;
}

/** How many errors are kept. */
const longest = 20;

/** The recent errors among the observations, for the status. */
export class History {
  readonly #failures = new Map<string, ScanFailure>();
  readonly #errors: RecentError[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  observe(observation: Observation): void {
    switch (observation.event) {
      case 'scan-finished':
        this.#failures.delete(objectKey(observation));
        break;
      case 'scan-failed': {
        const { code, message, errorId } = observation;
        const failures = (this.#failures.get(objectKey(observation))?.failures ?? 0) + 1;
        this.#failures.set(objectKey(observation), { code, message, errorId, at: this.#now(), failures });
        this.#remember({
          ...observation,
          message: `${observation.server}.${observation.object}: ${message}`,
        });
        break;
      }
      case 'internal-error':
        this.#remember({
          ...observation,
          code: 'INTERNAL_SERVER_ERROR',
          message: 'unexpected; the log has the stack under this errorId',
        });
        break;
      case 'reload-failed':
        this.#remember({
          ...observation,
          message: `the catalog cannot be read again: ${observation.message}`,
        });
        break;
      case 'snapshot-file':
      case 'keys-unavailable':
        this.#remember(observation);
        break;
    }
  }

  /** Why the last scan of the object failed; undefined if it did not. */
  failureOf(object: { readonly server: string; readonly object: string }): ScanFailure | undefined {
    return this.#failures.get(objectKey(object));
  }

  /** The latest errors, the newest first. */
  get errors(): readonly RecentError[] {
    return this.#errors.toReversed();
  }

  #remember({ event, message, ...known }: Remembered): void {
    const { code, errorId } = { code: undefined, errorId: undefined, ...known };
    this.#errors.push({ at: this.#now(), event, code, message, errorId });
    if (this.#errors.length > longest) this.#errors.shift();
  }
}

type Remembered = {
  readonly event: Observation['event'];
  readonly message: string;
  readonly code?: ErrorCode | undefined;
  readonly errorId?: string | undefined;
};
