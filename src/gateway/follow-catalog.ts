import { openCatalog } from '../catalog/open-catalog.ts';
import { type Patience, whenAvailable } from '../catalog/patience.ts';
import { systemClock } from '../clock.ts';
import type { Runs } from '../http/runs.ts';
import type { Observe } from '../observation.ts';
import { CursorSeal } from '../rows/page/cursor-seal.ts';
import type { Sharing } from '../snapshot/exchange/place-client.ts';
import { createSourceKinds } from '../source/kinds.ts';
import type { ScanPlaces } from '../source/sql/scan-places.ts';
import { type CatalogReading, describeCatalog, rolesOf } from './catalog-reading.ts';
import { FollowedCatalog } from './followed-catalog.ts';
import type { GenerationParts } from './generation.ts';
import type { GatewayOptions } from './options.ts';
import { type GatewaySettings, sharingOf } from './settings.ts';

/** What a catalog needs from its gateway. */
export interface CatalogPorts {
  readonly settings: GatewaySettings;
  readonly scanPlaces: ScanPlaces;
  readonly runs: Runs;
  readonly observe: Observe;
}

/** A followed catalog, with the connections that it needs. */
export interface OpenedCatalog {
  readonly followed: FollowedCatalog;
  /** Ends all scans and closes every connection. */
  close(): Promise<void>;
}

/**
 * Connects to the catalog and to what scans are shared through, and reads the catalog for the first time.
 *
 * @throws ConfigurationError if the catalog cannot be read, or an option contradicts it
 */
export async function followCatalog(options: GatewayOptions, ports: CatalogPorts): Promise<OpenedCatalog> {
  const { settings, scanPlaces, observe } = ports;
  const patience: Patience = {
    clock: systemClock,
    observe,
    signal: options.waiting ?? AbortSignal.abort(),
  };
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (let part = opened.pop(); part; part = opened.pop()) await part.close();
  };
  try {
    const catalog = await whenAvailable(() => openCatalog(options.catalog), patience);
    opened.push(catalog);
    const sharing = await whenAvailable(() => sharingOf(options, catalog), patience);
    if (sharing) opened.push(sharing.place);
    const kinds = createSourceKinds(catalog, settings.sources, options.sources ?? 'all', scanPlaces);
    const followed = await FollowedCatalog.open({
      catalog,
      read: () => describeCatalog(catalog, options, kinds),
      partsFor: (first) => generationParts(options, ports, first, sharing),
      intervalMs: options.reloadIntervalMs ?? 5_000,
      patience,
      observe,
    });
    opened.push(followed);
    return { followed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What all generations of the catalog have in common. */
function generationParts(
  options: GatewayOptions,
  { settings, runs, observe }: CatalogPorts,
  first: CatalogReading,
  sharing: Sharing | undefined,
): GenerationParts {
  const { authentication } = settings;
  authentication.assertRoles(rolesOf(first));
  return {
    authentication,
    anonRole: options.auth?.anonRole,
    federation: options.federation ?? false,
    introspection: options.introspection ?? process.env.NODE_ENV !== 'production',
    limits: settings.limits,
    seal: new CursorSeal(settings.cursorSecret),
    trustedDocuments: settings.trustedDocuments,
    automaticPersistedQueries: options.automaticPersistedQueries ?? true,
    strictNulls: options.strictNulls ?? false,
    allowNoCache: options.allowNoCache ?? (authentication.verifiesTokens ? 'authenticated' : 'all'),
    explain: options.explain ?? false,
    stores: { ...settings.stores, sharing },
    keepScanned: {
      all: options.warm === true || options.refreshMs !== undefined,
      everyMs: options.refreshMs,
    },
    runs,
    observe,
  };
}
