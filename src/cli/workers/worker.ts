import cluster from 'node:cluster';
import { type GatewayError, messageOf } from '../../errors.ts';
import type { Gateway } from '../../gateway.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Observation, Observe } from '../../observation.ts';
import { type Channel, RemotePlace } from '../../snapshot/exchange/remote-place.ts';
import { type FromWorker, isToWorker } from './messages.ts';

/** How often a worker reports its status. */
const statusEveryMs = 1_000;

/** A worker's connection to its supervisor. */
export interface WorkerLink {
  /** Where the workers of this machine share their scans. */
  readonly place: RemotePlace;
  /** Whether it replaces a dead worker while others serve; then it must not listen before it can answer. */
  readonly isReplacement: boolean;
  /** Logs only what neither the supervisor nor another worker logs. */
  filter(log: Observe): Observe;
  listening(url: string): void;
  /** Lets the supervisor report why this process exits, since its siblings may have the same reason. */
  failed(error: GatewayError): void;
  /** Answers the supervisor's messages from now on. */
  attach(gateway: Gateway, metrics: Metrics): void;
  /** Closes the connection, so that the process can exit. */
  detach(): void;
}

/**
 * Undefined if this process is not a worker.
 *
 * @param count the number of workers that are started first
 */
export function linkToSupervisor(count: number): WorkerLink | undefined {
  const { worker } = cluster;
  if (!cluster.isWorker || !worker) return undefined;
  const channel: Channel = {
    // Without a supervisor there is nobody to send to.
    send: (message) => void (worker.isConnected() && process.send?.(message)),
    onMessage(listener) {
      process.on('message', listener);
      return () => process.off('message', listener);
    },
  };
  const tell = (message: FromWorker) => channel.send(message);
  let reporting: NodeJS.Timeout | undefined;
  return {
    place: new RemotePlace(channel),
    isReplacement: worker.id > count,
    filter: (log) => (observation) => {
      if (logged.bySupervisor.has(observation.event)) return;
      if (worker.id === 1 || !logged.byOneWorker.has(observation.event)) log(observation);
    },
    listening: (url) => tell({ kind: 'listening', url }),
    failed: ({ message }) => tell({ kind: 'failed', message }),
    attach(gateway, metrics) {
      const report = () => tell({ kind: 'status', status: gateway.status() });
      report();
      reporting = setInterval(report, statusEveryMs).unref();
      channel.onMessage((message) => {
        if (!isToWorker(message)) return;
        if (message.kind === 'refresh') gateway.refresh(message.table);
        else if (message.kind === 'reload') void reload(gateway, message.id).then(tell);
        else
          void metrics.values().then((values) => tell({ kind: 'metrics', id: message.id, metrics: values }));
      });
    },
    detach() {
      clearInterval(reporting);
      worker.disconnect();
    },
  };
}

async function reload(gateway: Gateway, id: number): Promise<FromWorker> {
  const failure = await gateway.reload().then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  return { kind: 'reloaded', id, failure };
}

/** Events that the supervisor logs itself, and events that are the same in all workers. */
const logged = {
  bySupervisor: new Set<Observation['event']>(['listening', 'stopping']),
  byOneWorker: new Set<Observation['event']>([
    'port-open',
    'model',
    'problem',
    'statements-skipped',
    'catalog-unavailable',
    'reload-failed',
  ]),
};
