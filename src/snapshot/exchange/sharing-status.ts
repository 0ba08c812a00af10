/** The state of an object's sharing, for metrics and operators. Times are in milliseconds since 1970. */
export interface SharingStatus {
  /** The gateway that is scanning, as far as this one knows; undefined if none is. */
  readonly holder: string | undefined;
  /** The epoch of its lease. */
  readonly epoch: number | undefined;
  /** Whether it is this gateway. */
  readonly holds: boolean;
  /** The publication that this gateway has loaded or published last, if any. */
  readonly sequence: number | undefined;
  /** The latest publication, as far as this gateway knows; undefined if there is none. */
  readonly published: PublishedStatus | undefined;
  readonly bytesPublished: number;
  readonly bytesLoaded: number;
  /** Whether the last attempt of each step at the place succeeded. */
  readonly reachable: boolean;
}

/** A publication. */
export interface PublishedStatus {
  readonly sequence: number;
  /** When its scan began, by this machine's clock. */
  readonly scannedAt: number;
  /** Whether this gateway has loaded it, or has published it itself. */
  readonly isLoaded: boolean;
}
