import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The milliseconds in which requests that were on their way arrive. */
const lastRequestsMs = 500;
/** The milliseconds without a new connection after which none is waiting to be accepted. */
const quietMs = 50;

/**
 * Stops a server without losing a request that has reached it. First, answers close their connections while new connections are
 * still accepted. Then the server stops accepting, and requests in flight finish.
 */
export class GracefulStop {
  #isStopping = false;
  #held: Promise<void> | undefined;

  /** Whether answers have to close their connections. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Answers have to wait for this, if it is defined. */
  get held(): Promise<void> | undefined {
    return this.#held;
  }

  /** @param graceMs after which connections are closed */
  async run(server: Server, graceMs: number): Promise<void> {
    this.#isStopping = true;
    const settleMs = Math.min(lastRequestsMs, graceMs);
    const end = performance.now() + graceMs;
    await untilUnused(server, settleMs);
    // Closing resets connections that wait to be accepted. While answers are held back, clients do not reconnect, so that at
    // some point none is waiting.
    this.#held = untilAllAccepted(server, settleMs);
    await this.#held;
    // The `close` of an HTTP server would also close connections whose first request is on its way.
    const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
    this.#held = undefined;
    const cutOff = setTimeout(() => server.closeAllConnections(), Math.max(0, end - performance.now()));
    await Promise.race([closed, untilUnused(server, settleMs)]);
    server.closeIdleConnections();
    await closed;
    clearTimeout(cutOff);
    // Clears the server's interval timers.
    server.close();
  }
}

/** Waits until the server has no connections, or the time is up. */
async function untilUnused(server: Server, ms: number): Promise<void> {
  const connections = promisify(server.getConnections.bind(server));
  for (const end = performance.now() + ms; performance.now() < end; await pause(20)) {
    if ((await connections()) === 0) return;
  }
}

/** Waits until there has been no new connection for a while, or the time is up. */
async function untilAllAccepted(server: Server, ms: number): Promise<void> {
  let isAccepting = true;
  const onConnection = () => {
    isAccepting = true;
  };
  server.on('connection', onConnection);
  for (const end = performance.now() + ms; isAccepting && performance.now() < end; ) {
    isAccepting = false;
    await pause(quietMs);
  }
  server.off('connection', onConnection);
}
