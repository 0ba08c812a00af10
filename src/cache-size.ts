/** How much a cache holds. */
export interface CacheSize {
  readonly entries: number;
  /** As estimated. */
  readonly bytes: number;
}
