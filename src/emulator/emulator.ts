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

/** What to emulate, and where. */
export interface EmulatorOptions extends ApiOptions {
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** How many milliseconds after a request its answer begins, at the least. Default 0. */
  readonly latencyMs?: number;
}

/** A running emulator. */
export interface Emulator {
  /** The address to give the AWS SDK as `endpoint`. */
  readonly url: string;
  /** What it was asked, in the order in which it decided on an answer. */
  readonly requests: readonly RecordedRequest[];
  /** What goes wrong from now on. Assigning starts all counts, and chance, anew. */
  faults: Faults;
  /**
   * The users of a pool: a live array, to change as one likes while scans are under way.
   *
   * @throws RangeError where there is no such pool
   */
  pool(id: string): PoolUser[];
  /** Stops listening, and cuts every connection. */
  close(): Promise<void>;
}

/**
 * Starts an emulator of the Cognito operations `ListUsers` and `DescribeUserPool`, over HTTP.
 *
 * It keeps to what the API promises and to nothing more: the order of users differs between scans, a forgotten
 * `Limit` gives tiny pages, tokens hold for their own parameters only.
 *
 * @throws RangeError where an option is out of its range
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', latencyMs = 0 } = options;
  if (!(latencyMs >= 0)) throw new RangeError(`latencyMs must be a number from 0, but got ${latencyMs}`);
  const api = new Api(options);
  const server = createServer((request, response) => {
    // Whatever still fails here is a connection that is gone.
    serve(api, request, response, latencyMs).catch(() => response.destroy());
  });
  // A kept-alive connection that the server may close at any moment would be one more fault, and not a chosen one.
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
