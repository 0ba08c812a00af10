import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Milliseconds in which requests that were on their way arrive. */
const lastRequestsMs = 500;
/** Milliseconds without a new connection after which none waits to be accepted. */
const quietMs = 50;

/**
 * Ends a server so that no request which has reached it is lost: those who are connected get an answer that ends
 * their connection, while others still get through; then nobody gets in any more, and what is under way ends.
 */
export class GracefulStop {
  #isStopping = false;
  #held: Promise<void> | undefined;

  /** Whether answers are to end their connections. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Answers wait for it; undefined where nothing holds them. */
  get held(): Promise<void> | undefined {
    return this.#held;
  }

  /** @param graceMs after which connections are cut off */
  async run(server: Server, graceMs: number): Promise<void> {
    this.#isStopping = true;
    const settleMs = Math.min(lastRequestsMs, graceMs);
    const end = performance.now() + graceMs;
    await untilUnused(server, settleMs);
    // Closing resets the connections that wait to be accepted. Who gets no answer does not connect anew: so there
    // comes a moment at which none waits.
    this.#held = untilAllAccepted(server, settleMs);
    await this.#held;
    // HTTP's own `close` would also close connections whose first request is on its way.
    const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
    this.#held = undefined;
    const cutOff = setTimeout(() => server.closeAllConnections(), Math.max(0, end - performance.now()));
    await Promise.race([closed, untilUnused(server, settleMs)]);
    server.closeIdleConnections();
    await closed;
    clearTimeout(cutOff);
    // Ends what it does at intervals.
    server.close();
  }
}

/** Waits until the server has no connection, or the time is up. */
async function untilUnused(server: Server, ms: number): Promise<void> {
  const connections = promisify(server.getConnections.bind(server));
  for (const end = performance.now() + ms; performance.now() < end; await pause(20)) {
    if ((await connections()) === 0) return;
  }
}

/** Waits until no connection has come for a while, or the time is up. */
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
