import type { CatalogDefinition } from '../model/definition.ts';
import type { CatalogAccess } from '../source/kind.ts';

/** A catalog that stays open for as long as it may have to be read again, or secrets of it. */
export interface Catalog extends CatalogAccess {
  readDefinition(): Promise<CatalogDefinition>;
  /** How the catalog is now. Costs little. */
  fingerprint(): Promise<CatalogFingerprint>;
  /** Calls back when the catalog itself says that it has changed, until the signal; absent if it cannot. */
  readonly onNotified?: (callback: () => void, signal: AbortSignal) => void;
  close(): Promise<void>;
}

/** Texts of which each differs where what it stands for may differ. */
export interface CatalogFingerprint {
  readonly definition: string;
  /** Of the secrets that have been read. */
  readonly secrets: string;
}
