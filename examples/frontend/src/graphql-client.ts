import type { TypedDocumentString } from './generated/graphql.ts';
import { currentToken } from './session.ts';

/** The gateway's answer: data, errors, or both. */
export interface Answer<Result> {
  readonly data: Result | null;
  readonly errors: readonly AnswerError[];
  /** The age of the data in seconds; undefined if the answer does not have the header `Age`. */
  readonly age: number | undefined;
}

/** Why the answer, or the part of it at `path`, is missing. */
export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    /** With `SCAN_IN_PROGRESS`: how many users the gateway has read so far, and how many there may be. */
    readonly progress?: { readonly rows: number; readonly estimatedRows?: number };
  };
}

/** The gateway's address; by default on this page's own origin, where Vite's servers proxy it. */
const address = import.meta.env.VITE_GRAPHQL_URL ?? '/graphql';

/**
 * Runs an operation as whoever is signed in.
 *
 * @throws Error if there is no GraphQL answer, for example because the signal aborts the request
 */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal,
): Promise<Answer<Result>> {
  const response = await post({ query: document.toString(), variables }, currentToken(), signal);
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) {
    throw new Error(`There is no gateway at ${response.url}. Start one with: npm run demo`);
  }
  // Codegen has checked the document against the schema, so its answer has this type.
  const { data = null, errors = [] }: Partial<Answer<Result>> = await response.json();
  const age = response.headers.get('age');
  return { data, errors, age: age === null ? undefined : Number(age) };
}

/** Whether the gateway verifies tokens, and therefore rejects an invalid one. */
export async function verifiesTokens(signal: AbortSignal): Promise<boolean> {
  return (await post({ query: '{ __typename }' }, 'none', signal)).status === 401;
}

function post(body: object, token: string | undefined, signal: AbortSignal): Promise<Response> {
  return fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal,
  }).catch((cause: unknown) => {
    throw new Error('The gateway cannot be reached. Start it with: npm run demo', { cause });
  });
}
