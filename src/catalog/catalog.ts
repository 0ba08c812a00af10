import type { CatalogDefinition } from '../model/definition.ts';
import type { CatalogAccess } from '../source/kind.ts';

/** An open catalog, from which definitions and secrets can be read again. */
export interface Catalog extends CatalogAccess {
  readDefinition(): Promise<CatalogDefinition>;
  /** The current fingerprint of the catalog. It is cheap. */
  fingerprint(): Promise<CatalogFingerprint>;
  /** Calls back when the catalog notifies of a change, until the signal is aborted; absent if it cannot notify. */
  readonly onNotified?: (callback: () => void, signal: AbortSignal) => void;
  close(): Promise<void>;
}

/** Texts that change whenever what they stand for may have changed. */
export interface CatalogFingerprint {
  readonly definition: string;
  /** The fingerprint of the secrets that have been read. */
  readonly secrets: string;
}
