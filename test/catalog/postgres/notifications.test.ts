import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { listenForNotifications } from '../../../src/catalog/postgres/notifications.ts';
import { createDatabase } from '../../support/database.ts';

test('a notification counts, and so does each time that listening starts, because one may have been missed before', async () => {
  const database = await createDatabase('');
  const closing = new AbortController();
  const connections: pg.Client[] = [];
  const onNotified = vi.fn();
  const listening = listenForNotifications(
    async () => {
      const client = new pg.Client(database.url);
      client.on('error', () => undefined);
      connections.push(client);
      await client.connect();
      return client;
    },
    {
      signal: closing.signal,
      onNotified,
      // Tries again at once.
      clock: {
        now: Date.now,
        monotonic: () => performance.now(),
        sleep: (_ms, signal) => delay(0, undefined, signal && { signal }),
      },
    },
  );
  await vi.waitFor(() => expect(onNotified).toHaveBeenCalledTimes(1), 10_000);
  await database.client.query('notify fdw_graphql');
  await vi.waitFor(() => expect(onNotified).toHaveBeenCalledTimes(2), 10_000);
  await connections[0]?.end();
  await vi.waitFor(() => expect(onNotified).toHaveBeenCalledTimes(3), 10_000);
  closing.abort();
  await listening;
  await database.drop();
});
