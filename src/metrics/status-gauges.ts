import { type Aggregator, Counter, Gauge, type Registry } from 'prom-client';
import type { GatewayStatus } from '../admin/status.ts';

/** Where a gateway's status is read. */
export type StatusSource = () => GatewayStatus;

/** Gauges that are read from the gateway's status at each scrape. */
export class StatusGauges {
  #status: StatusSource | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    for (const definition of gatewayGauges) this.#ofGateway(definition, registers);
    for (const definition of objectGauges) this.#perObject(definition, registers);
    this.#remembered(registers);
    this.#problems(registers);
    this.#executions(registers);
  }

  watch(status: StatusSource): void {
    this.#status = status;
  }

  #ofGateway({ name, help, read, aggregator = 'max' }: GatewayGauge, registers: Registry[]): void {
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
  }

  #perObject({ name, help, read }: ObjectGauge, registers: Registry[]): void {
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

/** A gauge of the whole gateway. */
interface GatewayGauge {
  readonly name: string;
  readonly help: string;
  readonly read: (status: GatewayStatus) => number;
  /** How the values of one gateway's processes are combined; default `max`. */
  readonly aggregator?: Aggregator;
}

const gatewayGauges: readonly GatewayGauge[] = [
  {
    name: 'fdw_graphql_ready',
    help: 'Whether the gateway is ready for requests: 1 or 0.',
    read: ({ ready }) => Number(ready),
  },
  {
    name: 'http_server_active_requests',
    help: 'Requests in flight.',
    read: ({ requests }) => requests.active,
    aggregator: 'sum',
  },
  {
    name: 'fdw_graphql_catalog_outdated',
    help: 'Whether the catalog cannot be read again, so that the last one read is in effect: 1 or 0.',
    read: ({ reloadFailure }) => Number(reloadFailure !== undefined),
  },
  {
    name: 'fdw_graphql_tables',
    help: 'Exposed foreign tables.',
    read: ({ tables }) => tables.length,
  },
  {
    name: 'fdw_graphql_scan_connections',
    help: 'Connections to Postgres over which foreign tables are scanned.',
    read: ({ scanConnections }) => scanConnections.taken,
    aggregator: 'sum',
  },
  {
    name: 'fdw_graphql_scan_connections_limit',
    help: 'How many of them there may be: --scan-connections.',
    read: ({ scanConnections }) => scanConnections.limit,
    aggregator: 'sum',
  },
  {
    name: 'fdw_graphql_scans_waiting',
    help: 'Scans that wait for such a connection.',
    read: ({ scanConnections }) => scanConnections.waiting,
    aggregator: 'sum',
  },
];

/** A gauge of each foreign object. */
interface ObjectGauge {
  readonly name: string;
  readonly help: string;
  /** Undefined if the gauge has no value for the object. */
  readonly read: (object: GatewayStatus['objects'][number], status: GatewayStatus) => number | undefined;
}

const objectGauges: readonly ObjectGauge[] = [
  {
    name: 'fdw_graphql_snapshot_rows',
    help: 'Rows of the current snapshot.',
    read: ({ snapshot }) => snapshot?.rows,
  },
  {
    name: 'fdw_graphql_snapshot_bytes',
    help: 'Memory used by the snapshot.',
    read: ({ snapshot }) => snapshot?.bytes,
  },
  {
    name: 'fdw_graphql_snapshot_age_seconds',
    help: "Time since the snapshot's scan began.",
    read: ({ snapshot }, { now }) => snapshot && Math.max(0, (now - snapshot.scannedAt) / 1000),
  },
  {
    name: 'fdw_graphql_snapshot_timestamp_seconds',
    help: "When the snapshot's scan began: the last that succeeded.",
    read: ({ snapshot }) => snapshot && snapshot.scannedAt / 1000,
  },
  {
    name: 'fdw_graphql_scan_running',
    help: 'Whether a scan runs: 1 or 0.',
    read: ({ scan }) => Number(scan !== undefined),
  },
  {
    name: 'fdw_graphql_scan_progress_ratio',
    help: 'How far the running scan is, from 0 to 1.',
    read: ({ scan }) => scan?.fraction,
  },
  {
    name: 'fdw_graphql_scan_failures',
    help: 'Failed scans since the last successful one.',
    read: ({ lastFailure }) => lastFailure?.failures ?? 0,
  },
  {
    name: 'fdw_graphql_sharing_reachable',
    help: 'Whether scans can be shared with other gateways: 1 or 0; absent without --share.',
    read: ({ sharing }) => sharing && Number(sharing.reachable),
  },
  {
    name: 'fdw_graphql_sharing_sequence',
    help: 'The sequence number of the shared snapshot that is served: gateways that lag behind have a lower one.',
    read: ({ sharing }) => sharing?.sequence,
  },
  {
    name: 'fdw_graphql_sharing_published_age_seconds',
    help: 'Time since the start of the scan of the currently published shared snapshot.',
    read: ({ sharing }) => sharing?.publishedAgeSeconds,
  },
  {
    name: 'fdw_graphql_sharing_lag_seconds',
    help: 'How much older the served snapshot is than the published shared one; 0 if it is the same.',
    read: ({ sharing }) => sharing?.lagSeconds,
  },
  {
    name: 'fdw_graphql_sharing_holder',
    help: 'Whether this gateway holds the lease on the scan: 1 or 0; absent without --share.',
    read: ({ sharing }) => sharing && Number(sharing.holds),
  },
  {
    name: 'fdw_graphql_sharing_epoch',
    help: 'The epoch of the lease under which a gateway is scanning; absent if none is.',
    read: ({ sharing }) => sharing?.epoch,
  },
];

const problemKinds = ['server', 'schema', 'table', 'column'] as const;

/** The kind of an object by its name in the model: `server x`, `schema x`, `schema.table`, `schema.table.column`. */
function problemKind(object: string): (typeof problemKinds)[number] {
  if (object.startsWith('server ')) return 'server';
  if (object.startsWith('schema ')) return 'schema';
  return object.split('.').length > 2 ? 'column' : 'table';
}
