import type { TypedDocumentString } from './generated/graphql.ts';

/** What the gateway answers: data, errors, or some of both. */
export interface Answer<Result> {
  readonly data: Result | null;
  readonly errors: readonly AnswerError[];
}

/** Why the answer, or the part of it at `path`, is missing. */
export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    /** With `SCAN_IN_PROGRESS`: how many users the gateway has read so far. */
    readonly progress?: { readonly rows: number };
  };
}

/** Where the gateway is; by default this page's own origin, from which Vite's servers proxy it. */
const address = import.meta.env.VITE_GRAPHQL_URL ?? '/graphql';

/**
 * Runs an operation.
 *
 * @throws Error where there is no GraphQL answer at all, such as when the signal ends the request
 */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal,
): Promise<Answer<Result>> {
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body: JSON.stringify({ query: document.toString(), variables }),
    signal,
  }).catch((cause: unknown) => {
    throw new Error('The gateway cannot be reached.', { cause });
  });
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) {
    throw new Error(`There is no gateway at ${response.url}: it answers with status ${response.status}.`);
  }
  // The document has been checked against the schema, which vouches for the shape of its answer.
  const { data = null, errors = [] }: Partial<Answer<Result>> = await response.json();
  return { data, errors };
}
