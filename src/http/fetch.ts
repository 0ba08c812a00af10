/** A plugin of GraphQL Yoga. It sees only requests and responses, because the gateway's pipeline is between them. */
export interface FetchPlugin {
  onRequest?(event: {
    readonly request: Request;
    readonly url: URL;
    /** Ends the request with this response, without the gateway. */
    endResponse(response: Response): void;
  }): unknown;
  onResponse?(event: { readonly request: Request; readonly response: Response }): unknown;
}

/** Answers fetch requests, for example of Hono, Next.js, Deno, Bun or AWS Lambda. */
export type FetchHandler = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
