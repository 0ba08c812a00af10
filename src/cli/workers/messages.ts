import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { GatewayStatus } from '../../admin/status.ts';

/** The metrics of one process, in the form that `prom-client` aggregates. */
export type MetricValues = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The messages of a worker to its supervisor. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly url: string }
  /** Why it is about to exit. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'status'; readonly status: GatewayStatus }
  | { readonly kind: 'metrics'; readonly id: number; readonly metrics: MetricValues }
  /** `failure` says why the catalog could not be read again. */
  | { readonly kind: 'reloaded'; readonly id: number; readonly failure: string | undefined };

/** The messages of a supervisor to a worker. */
export type ToWorker =
  | { readonly kind: 'collect'; readonly id: number }
  | { readonly kind: 'reload'; readonly id: number }
  | { readonly kind: 'refresh'; readonly table: string | undefined };

const fromWorker: ReadonlySet<unknown> = new Set<FromWorker['kind']>([
  'listening',
  'failed',
  'status',
  'metrics',
  'reloaded',
]);
const toWorker: ReadonlySet<unknown> = new Set<ToWorker['kind']>(['collect', 'reload', 'refresh']);

/** Checks only the kind, because both ends run the same program. */
export function isFromWorker(message: unknown): message is FromWorker {
  return isMessage(message) && fromWorker.has(message.kind);
}

/** Checks only the kind, too. */
export function isToWorker(message: unknown): message is ToWorker {
  return isMessage(message) && toWorker.has(message.kind);
}

function isMessage(message: unknown): message is { readonly kind: unknown } {
  return typeof message === 'object' && message !== null && 'kind' in message;
}
