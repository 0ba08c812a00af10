/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** A server that listens. */
export interface ListeningServer {
  /** The address of GraphQL. */
  readonly url: string;
  /** Requests that are being answered. */
  readonly active: number;
  /** Takes no more requests, and ends when those under way have been answered or `graceMs` have passed. */
  close(graceMs: number): Promise<void>;
}
