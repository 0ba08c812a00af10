import { createGateway, type Gateway, type GatewayOptions } from '../gateway.ts';
import type { Observe } from '../observation.ts';
import { catalogLocation } from './catalog-location.ts';
import { createLogSink } from './log-sink.ts';
import { limitsOf, type ServeFlags } from './options.ts';

/** Milliseconds in which the gateway ends its scans and closes its connections to Postgres. */
const closingMs = 5_000;

/** Serves until SIGINT or SIGTERM. */
export async function serve(flags: ServeFlags): Promise<void> {
  const observe = createLogSink({ level: flags.logLevel, format: flags.logFormat });
  const catalog = catalogLocation(flags);
  await serveUntilStopped({ ...gatewayOptions(flags), catalog, observe }, flags, observe);
}

/** What the flags of `serve` say of the gateway, but for its catalog. */
export function gatewayOptions(flags: ServeFlags): Omit<GatewayOptions, 'catalog'> {
  return {
    schemas: flags.schemas,
    maxAgeMs: flags.maxAge,
    staleWhileRevalidateMs: flags.staleWhileRevalidate,
    scanTimeoutMs: flags.scanTimeout,
    minRefreshMs: flags.minRefresh,
    parallelScan: flags.parallelScan,
    requestsPerSecond: flags.requestsPerSecond,
    allowNoCache: flags.allowNoCache,
    warm: flags.warm,
    snapshotDir: flags.snapshotDir,
    snapshotKey: flags.snapshotKey,
    federation: flags.federation,
    auth: {
      jwtSecret: flags.jwtSecret,
      jwksUrl: flags.jwksUrl,
      audience: flags.jwtAudience,
      issuer: flags.jwtIssuer,
      roleClaim: flags.jwtRoleClaim,
      anonRole: flags.anonRole,
    },
    allowUnauthenticated: flags.allowUnauthenticated,
    corsOrigins: flags.corsOrigin,
    persistedOperations: flags.persistedOperations,
    allowArbitraryOperations: flags.allowArbitraryOperations,
    introspection: flags.introspection,
    limits: limitsOf(flags),
    explain: flags.logLevel === 'debug',
  };
}

/** Creates a gateway, listens, and closes both when the process is told to stop. */
export async function serveUntilStopped(
  options: GatewayOptions,
  { shutdownGrace, ...address }: Pick<ServeFlags, 'host' | 'port' | 'shutdownGrace'>,
  observe: Observe,
): Promise<void> {
  const stopped = stopSignal();
  const gateway = await createGateway(options);
  try {
    const server = await gateway.listen(address);
    observe({ event: 'listening', url: server.url });
    observe({ event: 'stopping', reason: await stopped });
    await server.close(shutdownGrace);
  } finally {
    await closeWithin(gateway, closingMs, observe);
  }
}

/** Whatever hangs, such as a folder on a network that is gone, must not keep the process from ending. */
async function closeWithin(gateway: Gateway, ms: number, observe: Observe): Promise<void> {
  const impatient = setTimeout(() => {
    observe({ event: 'stopping', reason: `what is left has not ended within ${ms} ms and is given up` });
    process.exit(1);
  }, ms);
  await gateway.close();
  clearTimeout(impatient);
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}
