import { createGateway, type GatewayOptions } from '../gateway.ts';
import { listen } from '../http/server.ts';
import type { Observe } from '../observation.ts';
import { catalogLocation } from './catalog-location.ts';
import { createLogSink } from './log-sink.ts';
import type { ServeFlags } from './options.ts';

/** Milliseconds that requests under way have to finish after a signal to stop. */
const graceMs = 5_000;

/** Serves until SIGINT or SIGTERM. */
export async function serve(flags: ServeFlags): Promise<void> {
  const observe = createLogSink({ level: flags.logLevel, format: flags.logFormat });
  await serveUntilStopped(
    { ...gatewayOptions(flags), catalog: catalogLocation(flags), observe },
    flags,
    observe,
  );
}

/** What the flags of `serve` say of the gateway, but for its catalog. */
export function gatewayOptions(flags: ServeFlags): Omit<GatewayOptions, 'catalog'> {
  return {
    ...(flags.schemas && { schemas: flags.schemas }),
    ...(flags.introspection && { introspection: flags.introspection === 'on' }),
    explain: flags.logLevel === 'debug',
    federation: flags.federation,
    maxAgeMs: flags.maxAge * 1000,
    staleWhileRevalidateMs: flags.staleWhileRevalidate * 1000,
    scanTimeoutMs: flags.scanTimeout * 1000,
    parallelScan: flags.parallelScan,
    requestsPerSecond: flags.requestsPerSecond,
  };
}

/** Creates a gateway, listens, and closes both when the process is told to stop. */
export async function serveUntilStopped(
  options: GatewayOptions,
  { host, port }: Pick<ServeFlags, 'host' | 'port'>,
  observe: Observe,
): Promise<void> {
  const stopped = stopSignal();
  const gateway = await createGateway(options);
  try {
    const server = await listen({ host, port, listener: gateway.listener });
    observe({ event: 'listening', url: server.url });
    observe({ event: 'stopping', reason: await stopped });
    await server.close(graceMs);
  } finally {
    await gateway.close();
  }
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}
