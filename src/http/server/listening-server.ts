/** An address to listen on. */
export interface Address {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** A listening server. */
export interface ListeningServer {
  /** The address of GraphQL. */
  readonly url: string;
  /** The number of requests that are being answered. */
  readonly active: number;
  /** Stops accepting requests, and resolves when those in flight have been answered or `graceMs` have passed. */
  close(graceMs: number): Promise<void>;
}
