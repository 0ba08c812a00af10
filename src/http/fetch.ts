/** A plugin of GraphQL Yoga, as far as it sees requests and responses: what is between them is the gateway's road. */
export interface FetchPlugin {
  onRequest?(event: {
    readonly request: Request;
    readonly url: URL;
    /** Answers instead of the gateway. */
    endResponse(response: Response): void;
  }): unknown;
  onResponse?(event: { readonly request: Request; readonly response: Response }): unknown;
}

/** Answers fetch requests, wherever they come from: Hono, Next.js, Deno, Bun, AWS Lambda. */
export type FetchHandler = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
