import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The programs that can send the load. */
export const generators = ['wrk', 'autocannon'] as const;
export type Generator = (typeof generators)[number];

/** What a server is asked, and how. */
export interface Load {
  readonly url: string;
  /** A file with a request's body in each line. */
  readonly bodies: string;
  /** How many of its lines to skip at first. */
  readonly skip: number;
  readonly connections: number;
  readonly seconds: number;
  /** About how many requests to send per second over all connections, where that is less than what is answered. */
  readonly ratePerSecond?: number | undefined;
}

/** What came back; latencies in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers whose status is not 2xx, and requests without an answer. */
  readonly failed: number;
}

const run = promisify(execFile);

/** wrk where it is installed: it takes a fraction of the processor that autocannon takes. */
export async function availableGenerator(): Promise<Generator> {
  return run('wrk', ['--version']).then(
    () => 'wrk',
    // It exits with 1 when it prints its version.
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'autocannon' : 'wrk'),
  );
}

/** Sends requests over so many connections for so many seconds, each as soon as the one before is answered. */
export async function sendLoad(generator: Generator, load: Load): Promise<LoadResult> {
  const { url, bodies, skip, connections, seconds, ratePerSecond } = load;
  const { stdout } =
    generator === 'wrk'
      ? await run(
          'wrk',
          [
            ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
            ...['--timeout', '30s', '--latency', '--script', pathOf('wrk.lua'), url],
            ...['--', bodies, String(skip)],
          ],
          {
            env: { ...process.env, ...(ratePerSecond && { PAUSE_MS: pauseOf(connections, ratePerSecond) }) },
          },
        )
      : await run(process.execPath, [
          ...process.execArgv,
          ...[pathOf('autocannon-process.ts'), url, bodies],
          ...[skip, connections, seconds, Math.round(ratePerSecond ?? 0)].map(String),
        ]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** How long each connection rests between two requests: as if an answer itself took no time. */
function pauseOf(connections: number, ratePerSecond: number): string {
  return String((connections / ratePerSecond) * 1000);
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
