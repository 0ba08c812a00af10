import { Counter, type Registry } from 'prom-client';
import type { AnsweredRequest } from '../observation.ts';
import { BucketTally, type Labels, type Series, TalliedHistogram } from './tallied-histogram.ts';

/**
 * The metrics of answered requests. They are counted here and become metrics only when those are read, because
 * prom-client takes nearly half as long to count a request as the gateway takes to answer one from memory.
 */
export class RequestMetrics {
  readonly #tallies = new Map<string, AnswerTally>();
  #latest: AnswerTally | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    const seriesBy = (
      labelsOf: (tally: AnswerTally) => Labels,
      tallyOf: (tally: AnswerTally) => BucketTally,
      bounds: readonly number[],
    ) => summedSeries([...this.#tallies.values()], labelsOf, tallyOf, bounds);
    new TalliedHistogram(
      {
        name: 'http_server_request_duration_seconds',
        help: 'Duration of HTTP requests.',
        labelNames: ['http_request_method', 'http_response_status_code', 'http_route'],
        buckets: durationBounds,
        registers,
      },
      () => seriesBy(httpLabels, ({ duration }) => duration, durationBounds),
    );
    new TalliedHistogram(
      {
        name: 'http_server_response_body_size_bytes',
        help: 'Size of answers before compression.',
        labelNames: ['http_route'],
        buckets: sizeBounds,
        registers,
      },
      () =>
        seriesBy(
          () => ({ http_route: route }),
          ({ size }) => size,
          sizeBounds,
        ),
    );
    new TalliedHistogram(
      {
        name: 'fdw_graphql_operation_duration_seconds',
        help: 'Duration of GraphQL requests.',
        labelNames: ['graphql_operation_type'],
        buckets: durationBounds,
        registers,
      },
      () =>
        seriesBy(
          ({ operationType }) => ({ graphql_operation_type: operationType }),
          ({ duration }) => duration,
          durationBounds,
        ),
    );
    const tallies = this.#tallies;
    new Counter({
      name: 'fdw_graphql_operations_total',
      help: 'GraphQL requests by the first error code of their answer, or OK.',
      labelNames: ['graphql_operation_type', 'code'],
      registers,
      collect() {
        this.reset();
        for (const { operationType, code, answers } of tallies.values()) {
          this.inc({ graphql_operation_type: operationType, code }, answers);
        }
      },
    });
    new Counter({
      name: 'fdw_graphql_snapshot_reads_total',
      help: 'Answers by the state of their snapshots: fresh, stale, scanned or joined.',
      labelNames: ['state'],
      registers,
      collect() {
        this.reset();
        for (const { reads } of tallies.values()) {
          for (const [state, count] of Object.entries(reads)) if (count > 0) this.inc({ state }, count);
        }
      },
    });
  }

  count(request: AnsweredRequest): void {
    const tally = this.#latest?.isOf(request) ? this.#latest : this.#tallyOf(request);
    this.#latest = tally;
    tally.count(request);
  }

  #tallyOf(request: AnsweredRequest): AnswerTally {
    const created = new AnswerTally(request);
    const { method, status, operationType, code } = created;
    const key = `${method} ${status} ${operationType} ${code}`;
    const tally = this.#tallies.get(key) ?? created;
    this.#tallies.set(key, tally);
    return tally;
  }
}

const route = '/graphql';
/** Any other method is `_OTHER`, as in OpenTelemetry's conventions. */
const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'OPTIONS', 'HEAD']);
/** In seconds. Answers from memory take less than OpenTelemetry's first bucket. */
const durationBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** In bytes. */
const sizeBounds = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

/** The answers of one kind: of one method, status, type of operation and code. */
class AnswerTally {
  readonly method: string;
  readonly status: number;
  readonly operationType: string;
  /** The first code of the answer, or OK. */
  readonly code: string;
  readonly duration = new BucketTally(durationBounds);
  readonly size = new BucketTally(sizeBounds);
  readonly reads = { fresh: 0, stale: 0, scanned: 0, joined: 0 };
  answers = 0;

  constructor({ method, status, operationType, codes }: AnsweredRequest) {
    this.method = methods.has(method) ? method : '_OTHER';
    this.status = status;
    this.operationType = operationType ?? 'none';
    this.code = codes[0] ?? 'OK';
  }

  /** Whether the request is known to be of this kind. */
  isOf({ method, status, operationType, codes }: AnsweredRequest): boolean {
    return (
      method === this.method &&
      status === this.status &&
      operationType === this.operationType &&
      (codes[0] ?? 'OK') === this.code
    );
  }

  count({ durationMs, responseBytes, snapshots }: AnsweredRequest): void {
    this.answers++;
    this.duration.count(durationMs / 1000);
    this.size.count(responseBytes);
    for (const state of snapshots) this.reads[state]++;
  }
}

function httpLabels({ method, status }: AnswerTally) {
  return { http_request_method: method, http_response_status_code: status, http_route: route };
}

/** Adds up the tallies that have the same labels. */
function summedSeries(
  tallies: readonly AnswerTally[],
  labelsOf: (tally: AnswerTally) => Labels,
  tallyOf: (tally: AnswerTally) => BucketTally,
  bounds: readonly number[],
): readonly Series[] {
  const series = new Map<string, Series>();
  for (const tally of tallies) {
    const labels = labelsOf(tally);
    const key = JSON.stringify(labels);
    const summed = series.get(key) ?? { labels, tally: new BucketTally(bounds) };
    summed.tally.add(tallyOf(tally));
    series.set(key, summed);
  }
  return [...series.values()];
}
