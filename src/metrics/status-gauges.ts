import { type Aggregator, Counter, Gauge, type Registry } from 'prom-client';
import type { GatewayStatus } from '../admin/status.ts';

/** Where a gateway's status is read. */
export type StatusSource = () => GatewayStatus;

/** Gauges that are read from the gateway's status at each scrape. */
export class StatusGauges {
  #status: StatusSource | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    /** @param aggregator what the processes of one gateway come to */
    const gauge = (
      name: string,
      help: string,
      read: (status: GatewayStatus) => number,
      aggregator: Aggregator = 'max',
    ) => {
      const readAll = () => this.#status?.();
      new Gauge({
        name,
        help,
        registers,
        aggregator,
        collect() {
          const status = readAll();
          if (status) this.set(read(status));
        },
      });
    };
    const perObject = (
      name: string,
      help: string,
      read: (object: GatewayStatus['objects'][number], status: GatewayStatus) => number | undefined,
    ) => {
      const readAll = () => this.#status?.();
      new Gauge({
        name,
        help,
        labelNames: ['server', 'object'],
        registers,
        aggregator: 'max',
        collect() {
          // Objects disappear with the catalog that defined them.
          this.reset();
          const status = readAll();
          for (const described of status?.objects ?? []) {
            const value = status && read(described, status);
            const { server, object } = described;
            if (value !== undefined) this.set({ server, object }, value);
          }
        },
      });
    };

    gauge('fdw_graphql_ready', 'Whether the gateway is ready for requests: 1 or 0.', ({ ready }) =>
      Number(ready),
    );
    gauge('http_server_active_requests', 'Requests in flight.', ({ requests }) => requests.active, 'sum');
    gauge(
      'fdw_graphql_catalog_outdated',
      'Whether the catalog cannot be read again, so that the last one read is in effect: 1 or 0.',
      ({ reloadFailure }) => Number(reloadFailure !== undefined),
    );
    gauge('fdw_graphql_tables', 'Exposed foreign tables.', ({ tables }) => tables.length);
    gauge(
      'fdw_graphql_scan_connections',
      'Connections to Postgres over which foreign tables are scanned.',
      ({ scanConnections }) => scanConnections.taken,
      'sum',
    );
    gauge(
      'fdw_graphql_scan_connections_limit',
      'How many of them there may be: --scan-connections.',
      ({ scanConnections }) => scanConnections.limit,
      'sum',
    );
    gauge(
      'fdw_graphql_scans_waiting',
      'Scans that wait for such a connection.',
      ({ scanConnections }) => scanConnections.waiting,
      'sum',
    );
    perObject('fdw_graphql_snapshot_rows', 'Rows of the current snapshot.', ({ snapshot }) => snapshot?.rows);
    perObject(
      'fdw_graphql_snapshot_bytes',
      'Memory used by the snapshot.',
      ({ snapshot }) => snapshot?.bytes,
    );
    perObject(
      'fdw_graphql_snapshot_age_seconds',
      "Time since the snapshot's scan began.",
      ({ snapshot }, { now }) => snapshot && Math.max(0, (now - snapshot.scannedAt) / 1000),
    );
    perObject(
      'fdw_graphql_snapshot_timestamp_seconds',
      "When the snapshot's scan began: the last that succeeded.",
      ({ snapshot }) => snapshot && snapshot.scannedAt / 1000,
    );
    perObject('fdw_graphql_scan_running', 'Whether a scan runs: 1 or 0.', ({ scan }) =>
      Number(scan !== undefined),
    );
    perObject(
      'fdw_graphql_scan_progress_ratio',
      'How far the running scan is, from 0 to 1.',
      ({ scan }) => scan?.fraction,
    );
    perObject(
      'fdw_graphql_scan_failures',
      'Failed scans since the last successful one.',
      ({ lastFailure }) => lastFailure?.failures ?? 0,
    );
    perObject(
      'fdw_graphql_sharing_reachable',
      'Whether scans can be shared with other gateways: 1 or 0; absent without --share.',
      ({ sharing }) => sharing && Number(sharing.reachable),
    );
    perObject(
      'fdw_graphql_sharing_sequence',
      'The sequence number of the shared snapshot that is served: gateways that lag behind have a lower one.',
      ({ sharing }) => sharing?.sequence,
    );
    perObject(
      'fdw_graphql_sharing_published_age_seconds',
      'Time since the start of the scan of the currently published shared snapshot.',
      ({ sharing }) => sharing?.publishedAgeSeconds,
    );
    perObject(
      'fdw_graphql_sharing_lag_seconds',
      'How much older the served snapshot is than the published shared one; 0 if it is the same.',
      ({ sharing }) => sharing?.lagSeconds,
    );
    perObject(
      'fdw_graphql_sharing_holder',
      'Whether this gateway holds the lease on the scan: 1 or 0; absent without --share.',
      ({ sharing }) => sharing && Number(sharing.holds),
    );
    perObject(
      'fdw_graphql_sharing_epoch',
      'The epoch of the lease under which a gateway is scanning; absent if none is.',
      ({ sharing }) => sharing?.epoch,
    );
    this.#remembered(registers);
    this.#problems(registers);
    this.#executions(registers);
  }

  watch(status: StatusSource): void {
    this.#status = status;
  }

  #remembered(registers: Registry[]): void {
    const readAll = () => this.#status?.();
    new Gauge({
      name: 'fdw_graphql_remembered_bytes',
      help: 'Memory used by caches of what is derived from snapshots and requests, by kind.',
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, { bytes }] of Object.entries(readAll()?.remembered ?? {}))
          this.set({ kind }, bytes);
      },
    });
  }

  #problems(registers: Registry[]): void {
    const readAll = () => this.#status?.();
    new Gauge({
      name: 'fdw_graphql_problems',
      help: 'Definitions in the catalog that are ignored or not exposed, by kind of object.',
      labelNames: ['kind'],
      registers,
      aggregator: 'max',
      collect() {
        this.reset();
        for (const kind of problemKinds) this.set({ kind }, 0);
        for (const { object } of readAll()?.problems ?? []) this.inc({ kind: problemKind(object) });
      },
    });
  }

  /** Counters whose values are kept by the executor. */
  #executions(registers: Registry[]): void {
    const readAll = () => this.#status?.();
    new Counter({
      name: 'fdw_graphql_executions_total',
      help: 'Executed operations, by how: compiled or interpreted.',
      labelNames: ['execution'],
      registers,
      collect() {
        const { compiled, interpreted } = readAll()?.requests ?? { compiled: 0, interpreted: 0 };
        this.reset();
        this.inc({ execution: 'compiled' }, compiled);
        this.inc({ execution: 'interpreted' }, interpreted);
      },
    });
    new Counter({
      name: 'fdw_graphql_interpreted_total',
      help: 'Interpreted operations by reason: rare (not repeated often enough), introspection, too-large, unsupported, error (in the answer), or failed (a bug, which is logged).',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(readAll()?.requests.interpretedBecause ?? {})) {
          this.inc({ reason }, count);
        }
      },
    });
  }
}

const problemKinds = ['server', 'schema', 'table', 'column'] as const;

/** The kind of an object by its name in the model: `server x`, `schema x`, `schema.table`, `schema.table.column`. */
function problemKind(object: string): (typeof problemKinds)[number] {
  if (object.startsWith('server ')) return 'server';
  if (object.startsWith('schema ')) return 'schema';
  return object.split('.').length > 2 ? 'column' : 'table';
}
