import type pg from 'pg';
import type { Clock } from '../../clock.ts';

/** The channel on which a database notifies of changes to its catalog. */
const channel = 'fdw_graphql';

/** Milliseconds between two attempts to listen. */
const retryMs = 5_000;

/**
 * Calls back whenever the database notifies, until the signal is aborted. It reconnects when the connection is lost. Whenever it
 * starts to listen it calls back as well, because a notification may have been missed until then. Never rejects.
 */
export async function listenForNotifications(
  connect: () => Promise<pg.Client>,
  {
    signal,
    clock,
    onNotified,
  }: { readonly signal: AbortSignal; readonly clock: Clock; readonly onNotified: () => void },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const client = await connect();
      await client.query(`listen ${channel}`);
      client.on('notification', onNotified);
      onNotified();
      await endOf(client, signal);
    } catch {
      // If Postgres is unreachable, the next read of the catalog reports it.
    }
    await clock.sleep(retryMs, signal).catch(() => undefined);
  }
}

async function endOf(client: pg.Client, signal: AbortSignal): Promise<void> {
  const stop = () => void client.end().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await new Promise<void>((resolve) => client.once('end', () => resolve()));
  signal.removeEventListener('abort', stop);
}
