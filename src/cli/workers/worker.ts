import cluster from 'node:cluster';
import { messageOf } from '../../errors.ts';
import type { Gateway } from '../../gateway.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Observation, Observe } from '../../observation.ts';
import { type Channel, RemotePlace } from '../../snapshot/exchange/remote-place.ts';
import { type FromWorker, isToWorker } from './messages.ts';

/** How often a worker tells its status. */
const statusEveryMs = 1_000;

/** A worker's end of what it has in common with its supervisor. */
export interface WorkerLink {
  /** Where the workers of this machine share their scans. */
  readonly place: RemotePlace;
  /** Whether it takes the place of another while its siblings serve: it gets no requests before it can answer them. */
  readonly isReplacement: boolean;
  /** Passes on what the supervisor does not tell itself. */
  filter(log: Observe): Observe;
  listening(url: string): void;
  /** Answers the supervisor from now on. */
  attach(gateway: Gateway, metrics: Metrics): void;
  /** Lets the process end. */
  detach(): void;
}

/**
 * Undefined where this process has no supervisor.
 *
 * @param count of the workers that the supervisor starts with
 */
export function linkToSupervisor(count: number): WorkerLink | undefined {
  const { worker } = cluster;
  if (!cluster.isWorker || !worker) return undefined;
  const channel: Channel = {
    // A supervisor that is gone takes its workers with it.
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
      if (told.supervisor.has(observation.event)) return;
      if (worker.id === 1 || !told.once.has(observation.event)) log(observation);
    },
    listening: (url) => tell({ kind: 'listening', url }),
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

/** What the supervisor tells itself, and what all workers would tell alike. */
const told = {
  supervisor: new Set<Observation['event']>(['listening', 'stopping']),
  once: new Set<Observation['event']>([
    'port-open',
    'model',
    'problem',
    'statements-skipped',
    'catalog-unavailable',
    'reload-failed',
  ]),
};
