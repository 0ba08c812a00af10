/** The generator in a separate process, so that it does not share the server's event loop. */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, file = '', skip, connections, seconds, ratePerSecond] = process.argv.slice(2);
const bodies = readFileSync(file, 'utf8').trimEnd().split('\n');
let last = Number(skip);

const result = await autocannon({
  url: url ?? '',
  connections: Number(connections),
  duration: Number(seconds),
  ...(Number(ratePerSecond) > 0 ? { overallRate: Number(ratePerSecond) } : {}),
  requests: [
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      setupRequest: (request) => ({ ...request, body: bodies[last++ % bodies.length] ?? '' }),
    },
  ],
});
process.stdout.write(
  JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
  }),
);
