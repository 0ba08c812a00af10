import { randomUUID } from 'node:crypto';
import type { AdminPorts } from '../admin/admin-routes.ts';
import { type AdminServer, listenAdmin } from '../admin/admin-server.ts';
import { GatewayError } from '../errors.ts';
import { resolveOptions } from '../gateway/settings.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../gateway.ts';
import type { ListeningServer } from '../http/server/listening-server.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { Observe } from '../observation.ts';
import { catalogLocation } from './flags/catalog-location.ts';
import type { DemoFlags, ServeFlags } from './flags/flags.ts';
import { secretOf } from './flags/secret-file.ts';
import { limitsOf, sourceSettingsOf } from './flags/setting-flags.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { createLogSink, type LogOptions } from './log-sink.ts';
import { Supervisor } from './workers/supervisor.ts';
import { linkToSupervisor, type WorkerLink } from './workers/worker.ts';

/** How long the gateway may take to end its scans and close its connections to Postgres, in milliseconds. */
const closingMs = 5_000;

/** Serves until SIGINT or SIGTERM. */
export async function serve(flags: ServeFlags): Promise<void> {
  const log = createLogSink(logOptions(flags));
  const link = linkToSupervisor(flags.workers);
  if (!link) {
    const options = await serveOptions(flags);
    if (flags.workers === 1) return serveUntilStopped(options, flags, log);
    // Reports invalid options once instead of in every worker.
    await resolveOptions(options, log);
    return superviseUntilStopped(flags, log);
  }
  try {
    const options = await serveOptions(flags);
    const share = options.share ?? { place: link.place, leaseMs: flags.lease, pollMs: flags.sharePoll };
    // The supervisor has the admin port.
    const addresses = { ...flags, adminPort: undefined };
    await serveUntilStopped({ ...options, share }, addresses, link.filter(log), link);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    process.exitCode = 1;
    link.failed(error);
  } finally {
    link.detach();
  }
}

async function serveOptions(flags: ServeFlags): Promise<GatewayOptions> {
  const catalog = await catalogLocation(flags);
  return { ...(await gatewayOptions(flags)), catalog, schemas: flags.schemas, sources: flags.sources };
}

/** Runs workers that serve until SIGINT or SIGTERM. */
async function superviseUntilStopped(flags: ServeFlags, log: Observe): Promise<void> {
  const supervisor = new Supervisor(flags.workers, log);
  const admin = await openAdmin(flags, supervisor.ports, log);
  void stopSignal().then((reason) => supervisor.stop(reason, flags.shutdownGrace + closingMs));
  onHangUp(() => supervisor.reload());
  supervisor.start();
  try {
    await supervisor.ended;
  } finally {
    await admin?.close();
  }
}

/** The log options of the flags. */
export function logOptions({
  logLevel: level,
  logFormat: format,
  slowQueryMs,
}: ServeFlags | DemoFlags): LogOptions {
  return { level, format, slowQueryMs };
}

/** The gateway options of the flags, without the catalog. */
export async function gatewayOptions(
  flags: ServeFlags | DemoFlags,
): Promise<Omit<GatewayOptions, 'catalog'>> {
  return {
    maxAgeMs: flags.maxAge,
    staleWhileRevalidateMs: flags.staleWhileRevalidate,
    scanTimeoutMs: flags.scanTimeout,
    minRefreshMs: flags.minRefresh,
    maxSnapshotBytes: flags.maxSnapshotBytes,
    ...sourceSettingsOf(flags),
    allowNoCache: flags.allowNoCache,
    warm: flags.warm,
    refreshMs: flags.refresh,
    snapshotDir: flags.snapshotDir,
    snapshotKey: await secretOf('--snapshot-key', flags.snapshotKey, flags.snapshotKeyFile),
    share: flags.share
      ? { leaseMs: flags.lease, pollMs: flags.sharePoll, logged: flags.shareLogged }
      : undefined,
    cursorKey: flags.cursorKey,
    federation: flags.federation,
    auth: {
      jwtSecret: await secretOf('--jwt-secret', flags.jwtSecret, flags.jwtSecretFile),
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
    automaticPersistedQueries: flags.automaticPersistedQueries,
    strictNulls: flags.strictNulls,
    introspection: flags.introspection,
    limits: limitsOf(flags),
    explain: flags.explain,
    adminRoles: flags.adminRoles,
    reloadIntervalMs: flags.reloadInterval,
  };
}

/** Where to listen, and how long requests may take to finish. */
type Addresses = Pick<ServeFlags, 'host' | 'port' | 'adminHost' | 'adminPort' | 'shutdownGrace'>;

/** Listens, opens the gateway, and closes both when the process is told to stop. */
export async function serveUntilStopped(
  options: GatewayOptions,
  addresses: Addresses,
  log: Observe,
  link?: WorkerLink,
): Promise<void> {
  limitHeapGrowth();
  const stopped = stopSignal();
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());
  const metrics = new Metrics();
  const observe: Observe = (observation) => {
    metrics.observe(observation);
    log(observation);
  };
  let gateway: Gateway | undefined;
  let server: ListeningServer | undefined;
  onHangUp(async () => gateway?.reload());
  // Both ports answer before the catalog has been read, and the admin port until everything has ended.
  const admin = await openAdmin(addresses, { metrics, gateway: () => gateway }, observe);
  try {
    const starting = await startGateway({ ...options, observe, waiting: stopping.signal });
    if (!link?.isReplacement) {
      server = await starting.listen(addresses);
      observe({ event: 'port-open', url: server.url });
    }
    gateway = await starting.open();
    metrics.watch(gateway.status);
    server ??= await gateway.listen(addresses);
    observe({ event: 'listening', url: server.url });
    onUnhandledRejection((error) => observe({ event: 'internal-error', errorId: randomUUID(), error }));
    link?.attach(gateway, metrics);
    link?.listening(server.url);
    observe({ event: 'stopping', reason: await stopped });
    gateway.drain();
  } catch (error) {
    // If it is stopped while it waits for its catalog, the failure to read that is not worth reporting.
    if (gateway || !stopping.signal.aborted) throw error;
    observe({ event: 'stopping', reason: await stopped });
  } finally {
    await server?.close(addresses.shutdownGrace);
    if (gateway) await closeWithin(gateway, closingMs, observe);
    await admin?.close();
  }
}

async function openAdmin(
  { adminHost: host, adminPort: port }: Addresses,
  ports: Pick<AdminPorts, 'gateway' | 'metrics'>,
  observe: Observe,
): Promise<AdminServer | undefined> {
  if (port === undefined) return undefined;
  const onError = (error: unknown) => observe({ event: 'internal-error', errorId: randomUUID(), error });
  const admin = await listenAdmin({ host, port }, { ...ports, onError });
  observe({ event: 'admin-listening', url: admin.url });
  return admin;
}

/** Something that hangs, such as a lost network folder, must not keep the process from exiting. */
async function closeWithin(gateway: Gateway, ms: number, observe: Observe): Promise<void> {
  const impatient = setTimeout(() => {
    observe({ event: 'stopping', reason: `scans or connections did not end within ${ms} ms` });
    process.exit(1);
  }, ms);
  await gateway.close();
  clearTimeout(impatient);
}

/**
 * Reports unhandled rejections from now on, instead of ending the process: one belongs to a single request, and must not affect
 * the others. A `GatewayError` has already been reported to its client.
 */
function onUnhandledRejection(report: (error: unknown) => void): void {
  process.on('unhandledRejection', (reason) => {
    if (!(reason instanceof GatewayError)) report(reason);
  });
}

/** SIGHUP reads the catalog again, as with other servers. A failure is observed. */
function onHangUp(reload: () => Promise<void>): void {
  process.on('SIGHUP', () => void reload().catch(() => undefined));
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}
