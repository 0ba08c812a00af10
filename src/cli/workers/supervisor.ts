import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { AdministeredGateway, AdminPorts } from '../../admin/admin-routes.ts';
import { type GatewayStatus, requestsStatus } from '../../admin/status.ts';
import { systemClock } from '../../clock.ts';
import { ConfigurationError } from '../../errors.ts';
import { countReasons } from '../../http/runs.ts';
import type { Observe } from '../../observation.ts';
import { MemoryPlace } from '../../snapshot/exchange/memory-place.ts';
import { type Channel, servePlace } from '../../snapshot/exchange/remote-place.ts';
import { isFromWorker, type MetricValues, type ToWorker } from './messages.ts';

/** If a worker dies sooner than this after its start, its replacement is delayed longer and longer. */
const youngMs = 10_000;
const longestDelayMs = 30_000;
/** How long to wait for the metrics of a worker. */
const collectMs = 2_000;

/** Runs the processes that serve one port. Each is replaced when it dies, and they share their scans. */
export class Supervisor {
  readonly #count: number;
  readonly #observe: Observe;
  readonly #place = new MemoryPlace(systemClock);
  readonly #workers = new Map<number, WorkerState>();
  readonly #stopping = new AbortController();
  /** How often a worker has reported that it serves. */
  #served = 0;
  #deaths = 0;
  #collections = 0;
  /** Resolves once all workers have ended; rejects with a ConfigurationError if none of them could start. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #fail: (error: ConfigurationError) => void = () => {};

  constructor(count: number, observe: Observe) {
    this.#count = count;
    this.#observe = observe;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  start(): void {
    cluster.setupPrimary({ serialization: 'advanced' });
    for (let i = 0; i < this.#count; i++) this.#fork();
  }

  /** Lets all workers finish, and kills those that have not after `graceMs`. */
  async stop(reason: string, graceMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#observe({ event: 'stopping', reason });
    this.#stopping.abort();
    for (const { worker } of this.#workers.values()) worker.process.kill('SIGTERM');
    if (this.#workers.size === 0) this.#end();
    const impatient = setTimeout(() => {
      for (const { worker } of this.#workers.values()) worker.process.kill('SIGKILL');
    }, graceMs);
    await this.ended;
    clearTimeout(impatient);
  }

  /** The workers as one gateway, for the admin port. */
  get ports(): Pick<AdminPorts, 'gateway' | 'metrics'> {
    return {
      gateway: () => this.#gateway(),
      metrics: {
        contentType: AggregatorRegistry.PROMETHEUS_CONTENT_TYPE,
        render: () => this.#renderMetrics(),
      },
    };
  }

  /**
   * Has every worker read the catalog again.
   *
   * @throws ConfigurationError if one of them cannot
   */
  async reload(): Promise<void> {
    const failures = await Promise.all([...this.#workers.values()].map((state) => this.#reloadOne(state)));
    const failure = failures.find((message) => message !== undefined);
    if (failure !== undefined) throw new ConfigurationError(failure);
  }

  async #reloadOne({ worker, reloads }: WorkerState): Promise<string | undefined> {
    if (!worker.isConnected()) return undefined;
    const id = this.#collections++;
    const exited = new Promise<undefined>((resolve) => worker.once('exit', () => resolve(undefined)));
    const answer = new Promise<string | undefined>((resolve) => reloads.set(id, resolve));
    worker.send({ kind: 'reload', id } satisfies ToWorker);
    const failure = await Promise.race([answer, exited]);
    reloads.delete(id);
    return failure;
  }

  #fork(): void {
    const worker = cluster.fork();
    const state: WorkerState = {
      worker,
      status: undefined,
      bornAt: systemClock.monotonic(),
      failure: undefined,
      metrics: new Map(),
      reloads: new Map(),
    };
    this.#workers.set(worker.id, state);
    const stopServing = servePlace(this.#place, channelTo(worker));
    worker.on('message', (message: unknown) => this.#receive(state, message));
    worker.on('error', (error) =>
      this.#observe({ event: 'worker', pid: worker.process.pid, message: error.message }),
    );
    worker.on('exit', (code, signal) => {
      stopServing();
      this.#workers.delete(worker.id);
      void this.#replace(state, signal ?? `code ${code}`);
    });
  }

  async #replace({ worker, bornAt, failure }: WorkerState, how: string): Promise<void> {
    if (this.#stopping.signal.aborted) {
      if (this.#workers.size === 0) this.#end();
      return;
    }
    // If no worker can start, all fail for the same reason.
    if (this.#served === 0) {
      this.#stopping.abort();
      for (const state of this.#workers.values()) state.worker.process.kill('SIGKILL');
      this.#fail(new ConfigurationError(failure ?? `a worker has ended (${how}) before it could serve`));
      return;
    }
    this.#observe({
      event: 'worker',
      pid: worker.process.pid,
      message: `a worker has ended (${failure ?? how}) and is replaced`,
    });
    const livedMs = systemClock.monotonic() - bornAt;
    this.#deaths = livedMs < youngMs ? this.#deaths + 1 : 0;
    const delayMs = this.#deaths === 0 ? 0 : Math.min(longestDelayMs, 1_000 * 2 ** (this.#deaths - 1));
    await systemClock.sleep(delayMs, this.#stopping.signal).catch(() => undefined);
    if (!this.#stopping.signal.aborted) this.#fork();
    else if (this.#workers.size === 0) this.#end();
  }

  #receive(state: WorkerState, message: unknown): void {
    if (!isFromWorker(message)) return;
    if (message.kind === 'status') state.status = message.status;
    else if (message.kind === 'failed') state.failure = message.message;
    else if (message.kind === 'metrics') state.metrics.get(message.id)?.(message.metrics);
    else if (message.kind === 'reloaded') state.reloads.get(message.id)?.(message.failure);
    // Their ports are open from the start, so requests are only answered reliably once all have read the catalog.
    else if (++this.#served === this.#count) this.#observe({ event: 'listening', url: message.url });
  }

  #gateway(): AdministeredGateway | undefined {
    const statuses = [...this.#workers.values()].flatMap(({ status }) => status ?? []);
    const [first] = statuses;
    if (!first) return undefined;
    return {
      reload: () => this.reload(),
      status: () => combined(first, statuses, this.#stopping.signal.aborted),
      refresh: (table) => {
        const isKnown = first.tables.some(
          ({ schema, name }) => table === undefined || table === `${schema}.${name}`,
        );
        const [state] = this.#workers.values();
        // The workers share the scan.
        if (isKnown) state?.worker.send({ kind: 'refresh', table } satisfies ToWorker);
        return isKnown;
      },
    };
  }

  async #renderMetrics(): Promise<string> {
    const collected = await Promise.all([...this.#workers.values()].map((state) => this.#collect(state)));
    const known = collected.flatMap((metrics) => (metrics ? [[...metrics]] : []));
    return AggregatorRegistry.aggregate(known).metrics();
  }

  async #collect({ worker, metrics }: WorkerState): Promise<MetricValues | undefined> {
    const id = this.#collections++;
    const answered = new AbortController();
    const answer = new Promise<MetricValues>((resolve) => metrics.set(id, resolve));
    if (worker.isConnected()) worker.send({ kind: 'collect', id } satisfies ToWorker);
    const late = systemClock.sleep(collectMs, answered.signal).then(() => undefined);
    const result = await Promise.race([answer, late.catch(() => undefined)]);
    answered.abort();
    metrics.delete(id);
    return result;
  }
}

interface WorkerState {
  readonly worker: Worker;
  readonly bornAt: number;
  status: GatewayStatus | undefined;
  /** Why it exits, if it has said so. */
  failure: string | undefined;
  /** Pending requests for the worker's metrics, by id. */
  readonly metrics: Map<number, (metrics: MetricValues) => void>;
  /** Pending reloads of the worker, by id. */
  readonly reloads: Map<number, (failure: string | undefined) => void>;
}

function channelTo(worker: Worker): Channel {
  return {
    send: (message) => {
      if (worker.isConnected()) worker.process.send(message as object);
    },
    onMessage(listener) {
      worker.on('message', listener);
      return () => worker.off('message', listener);
    },
  };
}

/** The status of all workers as one: ready if any of them is, with the sum of their requests. */
function combined(first: GatewayStatus, all: readonly GatewayStatus[], draining: boolean): GatewayStatus {
  const ready = all.find((status) => status.ready) ?? first;
  const sum = (of: (status: GatewayStatus) => number) => all.reduce((total, status) => total + of(status), 0);
  return {
    ...ready,
    ready: ready.ready && !draining,
    reasons: draining ? [{ reason: 'draining', message: 'the gateway is stopping' }] : ready.reasons,
    requests: requestsStatus(
      sum(({ requests }) => requests.active),
      {
        compiled: sum(({ requests }) => requests.compiled),
        interpreted: countReasons((reason) => sum(({ requests }) => requests.interpretedBecause[reason])),
      },
    ),
  };
}
