/** An emulated pool in a separate process, so that its work is not attributed to the scan. */
import { startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';

/** What the parent process asks for, as JSON in the first argument. */
export interface PoolProcessOptions {
  readonly poolId: string;
  readonly users: number;
  readonly latencyMs: number;
  /** No ceiling where absent. */
  readonly requestsPerSecond?: number;
}

/** A message to the parent process: the address at the start, and the counts so far in reply to any message. */
export type PoolProcessMessage =
  | { readonly url: string }
  | { readonly requests: number; readonly throttled: number; readonly busiestSecond: number };

const { poolId, users, latencyMs, requestsPerSecond }: PoolProcessOptions = JSON.parse(
  process.argv[2] ?? '{}',
);
const emulator = await startEmulator({
  pools: new Map([[poolId, demoUsers(users)]]),
  latencyMs,
  ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
});

process.on('message', () => {
  const listings = emulator.requests.filter(({ operation }) => operation === 'ListUsers');
  const times = listings.map(({ at }) => at);
  tell({
    requests: listings.length,
    throttled: listings.filter(({ outcome }) => outcome === 'throttled').length,
    busiestSecond: busiestSecond(times),
  });
});
process.on('disconnect', () => void emulator.close());
tell({ url: emulator.url });

function tell(message: PoolProcessMessage): void {
  process.send?.(message);
}

/** The most requests in any one second, of ascending times in milliseconds. */
function busiestSecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) <= at - 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
