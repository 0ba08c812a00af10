/** The state of an object's sharing, for metrics and operators. Times are in milliseconds since 1970. */
export interface SharingStatus {
  /** Who scans, as far as is known here; undefined while nobody does. */
  readonly holder: string | undefined;
  /** The epoch of their lease. */
  readonly epoch: number | undefined;
  /** Whether it is this gateway. */
  readonly holds: boolean;
  /** Which shared snapshot was loaded or published here last; undefined where none was. */
  readonly sequence: number | undefined;
  /** What is published, as far as is known here; undefined where nothing is. */
  readonly published: PublishedStatus | undefined;
  readonly bytesPublished: number;
  readonly bytesLoaded: number;
  /** Whether the last attempt of each step at the place succeeded. */
  readonly reachable: boolean;
}

/** What is published. */
export interface PublishedStatus {
  readonly sequence: number;
  /** When its scan began, by this machine's clock. */
  readonly scannedAt: number;
  /** Whether it is what was loaded or published here last. */
  readonly isLoaded: boolean;
}
