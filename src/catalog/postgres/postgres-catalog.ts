import { systemClock } from '../../clock.ts';
import type { Catalog } from '../catalog.ts';
import { parseCatalog, readCatalogText } from '../introspection.ts';
import { readVaultSecret } from '../vault.ts';
import { connect, workingConfig } from './connect.ts';
import { parseConnectionString } from './connection-parameters.ts';
import { catalogFingerprint, secretsFingerprint } from './fingerprint.ts';
import { listenForNotifications } from './notifications.ts';
import { Session } from './session.ts';

/** The time limit of statements about the catalog, in milliseconds. */
const queryTimeoutMs = 60_000;

/** Longer than any statement of a scan may take, in milliseconds. */
const scanSilenceMs = 75_000;

/**
 * A catalog in a Postgres server.
 *
 * @throws UnavailableError if the server is unreachable at the moment
 * @throws ConfigurationError if retrying cannot help; the message says what to change
 */
export async function openPostgresCatalog(databaseUrl: string): Promise<Catalog> {
  const parameters = parseConnectionString(databaseUrl);
  const session = new Session(() => connect(parameters, { applicationName: 'fdw-graphql', queryTimeoutMs }));
  try {
    await session.query('select');
  } catch (error) {
    await session.close();
    throw error;
  }
  const { hosts, database } = parameters;
  const references = new Set<string>();
  /** Called when the catalog may have changed. */
  const listeners = new Set<() => void>();
  const readSecret = (reference: string) => {
    references.add(reference);
    return readVaultSecret(session, reference);
  };
  return {
    readDefinition: async () => parseCatalog(await readCatalogText(session)),
    readSecret,
    async fingerprint() {
      const definition = await catalogFingerprint(session);
      return { definition, secrets: await secretsFingerprint([...references], readSecret) };
    },
    onNotified(callback, signal) {
      listeners.add(callback);
      signal.addEventListener('abort', () => listeners.delete(callback), { once: true });
      void listenForNotifications(() => connect(parameters, { applicationName: 'fdw-graphql listen' }), {
        signal,
        clock: systemClock,
        onNotified: callback,
      });
    },
    database: {
      name: `${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${database}`,
      async openSession(signal) {
        signal.throwIfAborted();
        return connect(parameters, { applicationName: 'fdw-graphql scan', silenceMs: scanSilenceMs });
      },
      suspectChange() {
        for (const listener of listeners) listener();
      },
      connection: () => workingConfig(parameters, { applicationName: 'fdw-graphql' }),
    },
    close: () => session.close(),
  };
}
