import {
  Counter,
  collectDefaultMetrics,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import { objectKey } from '../model/model.ts';
import type { Observation } from '../observation.ts';
import type { ScanProgress } from '../source/source.ts';
import { RequestMetrics } from './request-metrics.ts';
import { StatusGauges, type StatusSource } from './status-gauges.ts';

/**
 * The Prometheus metrics of events. HTTP metrics have the names and labels of OpenTelemetry's semantic conventions; the
 * others begin with `fdw_graphql_`. Clients cannot choose the value of any label freely.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export class Metrics {
  #rendering: Promise<string> | undefined;
  readonly #registry = registryOfProcess();
  readonly #gauges = new StatusGauges(this.#registry);
  readonly #requests = new RequestMetrics(this.#registry);
  readonly #refusals = this.#counter(
    'fdw_graphql_requests_refused_total',
    'Requests that were rejected before they were parsed, by code.',
    ['code'],
  );
  readonly #scans = this.#counter(
    'fdw_graphql_scans_total',
    'Scans by result: OK or the code of the failure.',
    ['server', 'object', 'result'],
  );
  readonly #scanDuration = new Histogram({
    name: 'fdw_graphql_scan_duration_seconds',
    help: 'Time that scans took.',
    labelNames: ['server', 'object', 'result'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 180, 600, 1800, 7200, 28_800],
    registers: [this.#registry],
  });
  readonly #pages = this.#counter(
    'fdw_graphql_scan_pages_total',
    'Pages that scans have read.',
    objectLabels,
  );
  readonly #sourceRequests = this.#counter(
    'fdw_graphql_source_requests_total',
    'Requests that scans have sent to their source, including retries.',
    objectLabels,
  );
  readonly #throttles = this.#counter(
    'fdw_graphql_source_throttles_total',
    'Requests that the source has throttled.',
    objectLabels,
  );
  readonly #retries = this.#counter(
    'fdw_graphql_source_retries_total',
    'Retries of failed requests.',
    objectLabels,
  );
  readonly #refusedTokens = this.#counter(
    'fdw_graphql_source_tokens_refused_total',
    'Page tokens that the source rejected, so that a part of the scan restarted.',
    objectLabels,
  );
  readonly #fileErrors = this.#counter(
    'fdw_graphql_snapshot_file_errors_total',
    'Snapshots that could not be saved or restored.',
    objectLabels,
  );
  readonly #sharedSnapshots = this.#counter(
    'fdw_graphql_shared_snapshots_total',
    'Snapshots that were published for other gateways or loaded from them.',
    [...objectLabels, 'direction'],
  );
  readonly #sharedBytes = this.#counter(
    'fdw_graphql_shared_bytes_total',
    'Bytes of the snapshots that were published or loaded.',
    [...objectLabels, 'direction'],
  );
  readonly #catalogReads = this.#counter(
    'fdw_graphql_catalog_reads_total',
    'Times that the catalog was read, by result: OK or FAILED.',
    ['result'],
  );
  readonly #keyErrors = this.#counter(
    'fdw_graphql_key_set_errors_total',
    'Failures to fetch the keys that verify tokens.',
    [],
  );
  readonly #internalErrors = this.#counter(
    'fdw_graphql_internal_errors_total',
    'Unexpected errors; the log has the stack of each.',
    [],
  );
  /** The totals of running scans that have been counted already. */
  readonly #counted = new Map<string, Counted>();

  /** Counts an observation; never throws. */
  readonly observe = (observation: Observation): void => {
    switch (observation.event) {
      case 'request':
        this.#requests.count(observation);
        break;
      case 'snapshot-published':
      case 'snapshot-loaded': {
        const { server, object, bytes } = observation;
        const direction = observation.event === 'snapshot-published' ? 'published' : 'loaded';
        this.#sharedSnapshots.inc({ server, object, direction });
        this.#sharedBytes.inc({ server, object, direction }, bytes);
        break;
      }
      case 'refused':
        this.#refusals.inc({ code: observation.code });
        break;
      case 'scan-progress':
        this.#countProgress(observation);
        break;
      case 'scan-finished':
        this.#countScan(observation, 'OK');
        break;
      case 'scan-failed':
        this.#countScan(observation, observation.code);
        break;
      case 'model':
        this.#catalogReads.inc({ result: 'OK' });
        break;
      case 'reload-failed':
      case 'catalog-unavailable':
        this.#catalogReads.inc({ result: 'FAILED' });
        break;
      case 'snapshot-file':
        this.#fileErrors.inc({ server: observation.server, object: observation.object });
        break;
      case 'keys-unavailable':
        this.#keyErrors.inc();
        break;
      case 'internal-error':
        this.#internalErrors.inc();
        break;
    }
  };

  /** Adds the gauges that are read from the status at each scrape. */
  watch(source: StatusSource): void {
    this.#gauges.watch(source);
  }

  /** All metrics, for the reference. */
  async describe(): Promise<readonly DescribedMetric[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics.map(({ name, help, type }) => ({
      name,
      help,
      type: String(type),
      labels: labelNamesOf(this.#registry.getSingleMetric(name)),
    }));
  }

  /** The media type of `render`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics with their values, to be aggregated with those of other processes. */
  values(): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    return this.#registry.getMetricsAsJSON();
  }

  /** Everything in Prometheus' text format. Requests that come together share it, since it takes some milliseconds. */
  render(): Promise<string> {
    this.#rendering ??= this.#registry.metrics().finally(() => {
      this.#rendering = undefined;
    });
    return this.#rendering;
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #countScan(scan: ObservedScan & { readonly durationMs: number }, result: string): void {
    const { server, object, durationMs } = scan;
    this.#countProgress(scan);
    this.#counted.delete(objectKey(scan));
    this.#scans.inc({ server, object, result });
    this.#scanDuration.observe({ server, object, result }, durationMs / 1000);
  }

  /** Scans report totals, of which the increase since the last report is counted. */
  #countProgress(scan: ObservedScan): void {
    const { server, object, pages, requests, throttles, retries = 0, refusedTokens = 0 } = scan;
    const labels = { server, object };
    const now = { pages, requests, throttles, retries, refusedTokens };
    const before = this.#counted.get(objectKey(scan)) ?? nothingCounted;
    this.#pages.inc(labels, Math.max(0, pages - before.pages));
    this.#sourceRequests.inc(labels, Math.max(0, requests - before.requests));
    this.#throttles.inc(labels, Math.max(0, throttles - before.throttles));
    this.#retries.inc(labels, Math.max(0, retries - before.retries));
    this.#refusedTokens.inc(labels, Math.max(0, refusedTokens - before.refusedTokens));
    this.#counted.set(objectKey(scan), now);
  }
}

/** A registry with the metrics of the process itself. */
function registryOfProcess(): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register;
}

/** A metric as the reference describes it. */
export interface DescribedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** prom-client stores them in a property that its types omit. */
function labelNamesOf(metric: object | undefined): readonly string[] {
  return metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
}

type Counted = Required<Pick<ScanProgress, 'pages' | 'requests' | 'throttles' | 'retries' | 'refusedTokens'>>;
type ObservedScan = ScanProgress & { readonly server: string; readonly object: string };

const nothingCounted: Counted = { pages: 0, requests: 0, throttles: 0, retries: 0, refusedTokens: 0 };

const objectLabels = ['server', 'object'] as const;
