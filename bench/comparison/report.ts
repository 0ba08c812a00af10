import { cpus } from 'node:os';
import type { Case } from './cases.ts';
import type { LoadResult } from './load.ts';
import type { Peer } from './peer.ts';

/** The rounds of one case at one server. */
export interface Measurement {
  readonly peer: Peer;
  readonly case: Case;
  readonly rounds: readonly Round[];
}

/** What came back in one round. */
export interface Round extends LoadResult {
  /** What the server's process worked for it. */
  readonly cpuSeconds: number;
}

/** Requests per second, the median of the rounds. */
export function rate({ rounds }: Measurement): number {
  return median(rounds.map(({ requests, seconds }) => requests / seconds));
}

/** Everything measured, as Markdown. */
export function markdownReport(measurements: readonly Measurement[], reference: Peer): string {
  const peers = [...new Set(measurements.map(({ peer }) => peer))];
  const cases = [...new Set(measurements.map((measurement) => measurement.case))];
  const find = (peer: Peer, of: Case) =>
    measurements.find((measurement) => measurement.peer === peer && measurement.case === of);
  const table = (caption: string, rows: readonly Peer[], cell: (peer: Peer, of: Case) => string) =>
    [
      `${caption}\n`,
      `| | ${cases.map(({ name }) => name).join(' | ')} |`,
      `|---|${cases.map(() => '--:|').join('')}`,
      ...rows.map((peer) => `| ${peer.title} | ${cases.map((of) => cell(peer, of)).join(' | ')} |`),
    ].join('\n');
  const measured = (peer: Peer, of: Case, print: (measurement: Measurement) => string) => {
    const measurement = find(peer, of);
    return measurement ? print(measurement) : '–';
  };
  const ratio = (peer: Peer, of: Case) => {
    const [ours, theirs] = [find(reference, of), find(peer, of)];
    return ours && theirs ? `${(rate(ours) / rate(theirs)).toFixed(2)} ×` : '–';
  };
  return [
    cases.map(({ name, title }) => `- **${name}**: ${title}`).join('\n'),
    table('Requests per second, the median of the rounds (the lowest–the highest):', peers, (peer, of) =>
      measured(peer, of, (measurement) => `${count(rate(measurement))} (${range(measurement)})`),
    ),
    ...(peers.includes(reference)
      ? [
          table(
            `${capitalize(reference.title)}, as a multiple of each of the others:`,
            peers.filter((peer) => peer !== reference),
            ratio,
          ),
        ]
      : []),
    table('Latency at full load in milliseconds, p50 / p99:', peers, (peer, of) =>
      measured(
        peer,
        of,
        ({ rounds }) =>
          `${median(rounds.map(({ p50 }) => p50)).toFixed(1)} / ${median(rounds.map(({ p99 }) => p99)).toFixed(1)}`,
      ),
    ),
    table(
      "Processor time of the server's process per request in microseconds (what Postgres works is not in it), which says more where others share the machine:",
      peers,
      (peer, of) =>
        measured(peer, of, ({ rounds }) =>
          count(median(rounds.map(({ cpuSeconds, requests }) => (cpuSeconds / requests) * 1e6))),
        ),
    ),
  ].join('\n\n');
}

/** The machine, in half a sentence. */
export function machine(): string {
  const processors = cpus();
  return `${processors.length} cores (${processors[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}`;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function range({ rounds }: Measurement): string {
  const rates = rounds.map(({ requests, seconds }) => requests / seconds);
  return `${count(Math.min(...rates))}–${count(Math.max(...rates))}`;
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
