import { Histogram, type HistogramConfiguration, type MetricValueWithName } from 'prom-client';

/** The labels of a metric with their values. */
export type Labels = Readonly<Record<string, string | number>>;

/** Counts numbers by the bucket that they fall into. */
export class BucketTally {
  readonly #bounds: readonly number[];
  /** One for each bound, and one for what lies above all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds the upper bounds of the buckets, in ascending order */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  count(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** Adds what another tally with the same bounds has counted. */
  add(other: BucketTally): void {
    for (const [bucket, count] of other.#counts.entries()) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    }
    this.#sum += other.#sum;
  }

  /** The values that Prometheus has of a histogram: each bucket includes those below it. */
  values(name: string, labels: Labels): MetricValueWithName<string>[] {
    let total = 0;
    const buckets = [...this.#bounds, '+Inf'].map((le, bucket) => {
      total += this.#counts[bucket] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }
}

/** What a histogram has counted under some labels. */
export interface Series {
  readonly labels: Labels;
  readonly tally: BucketTally;
}

/** A histogram whose numbers are counted elsewhere, and read only when the metrics are. */
export class TalliedHistogram extends Histogram {
  /** Has its name, its help and no values. */
  readonly #description: Histogram;
  readonly #read: () => readonly Series[];

  constructor(options: HistogramConfiguration<string>, read: () => readonly Series[]) {
    super(options);
    this.#description = new Histogram({ ...options, registers: [] });
    this.#read = read;
  }

  override async get(): ReturnType<Histogram['get']> {
    const description = await this.#description.get();
    const values = this.#read().flatMap(({ labels, tally }) => tally.values(description.name, labels));
    return { ...description, values };
  }

  /** What a registry calls to render text, although prom-client's types do not have it. */
  getForPromString(): ReturnType<Histogram['get']> {
    return this.get();
  }
}
