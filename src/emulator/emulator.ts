import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Api, type ApiOptions } from './api.ts';
import { readCall } from './api-call.ts';
import { sendReply } from './api-reply.ts';
import type { Faults } from './faults.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { PoolUser } from './user.ts';

export type { Faults } from './faults.ts';
export type { RecordedRequest } from './recorded-request.ts';
export type { PoolUser } from './user.ts';

/** What to emulate, and on which address. */
export interface EmulatorOptions extends ApiOptions {
  /** A free port by default. */
  readonly port?: number;
  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** The minimum time from a request to its answer in milliseconds; 0 by default. */
  readonly latencyMs?: number;
}

/** A running emulator. */
export interface Emulator {
  /** The `endpoint` for the AWS SDK. */
  readonly url: string;
  /** The requests so far, in the order in which they were answered. */
  readonly requests: readonly RecordedRequest[];
  /** The faults from now on. Assigning them restarts all counts and the random numbers. */
  faults: Faults;
  /**
   * The users of a pool, as an array that may be changed while scans are running.
   *
   * @throws RangeError if there is no such pool
   */
  pool(id: string): PoolUser[];
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/**
 * Starts an emulator of the Cognito operations `ListUsers` and `DescribeUserPool` over HTTP.
 *
 * It does only what the API promises: the order of users differs between scans, a missing `Limit` gives tiny pages, and tokens
 * are only valid for the same parameters.
 *
 * @throws RangeError if an option is out of range
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', latencyMs = 0 } = options;
  if (!(latencyMs >= 0)) throw new RangeError(`latencyMs must be a number from 0, but got ${latencyMs}`);
  const api = new Api(options);
  const server = createServer((request, response) => {
    // Only a lost connection can fail here.
    serve(api, request, response, latencyMs).catch(() => response.destroy());
  });
  // Otherwise, a request on a connection that is just being closed would fail without an injected fault.
  server.keepAliveTimeout = 0;
  const url = await listen(server, port, host);
  return {
    url,
    requests: api.requests,
    get faults() {
      return api.faults;
    },
    set faults(faults) {
      api.faults = faults;
    },
    pool: (id) => api.pool(id),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  latencyMs: number,
): Promise<void> {
  const start = performance.now();
  response.on('error', () => response.destroy());
  const { reply, fault, faults } = api.answer(await readCall(request));
  const remaining = start + latencyMs - performance.now();
  if (remaining > 0) await delay(remaining, undefined, { ref: false });
  await sendReply(response, reply, fault, faults);
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}
