import type {
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';

/** A ListUsers request that is ready but for its body. */
export interface PreparedRequest {
  /** Sends it, and gives what the client makes of the answer. To be called once. */
  send(body: string, signal: AbortSignal): Promise<object>;
  /** Drops a request that is not to be sent. */
  discard(): void;
}

/**
 * Takes a request through the SDK up to its signature, which needs the body.
 *
 * The way there takes half a millisecond and more. A serial scan cannot ask for a page before it has the token of
 * the one before, so it does this while it waits for that one.
 *
 * @param command of which everything but the body counts
 */
export function prepareRequest(
  client: CognitoIdentityProviderClient,
  command: ListUsersCommand,
): PreparedRequest {
  const stop = new AbortController();
  let supply: (body: string) => void = () => {};
  const supplied = new Promise<string>((resolve, reject) => {
    supply = resolve;
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  const waitForBody =
    <Args extends { request: unknown }, Answer>(next: (args: Args) => Promise<Answer>) =>
    async (args: Args): Promise<Answer> => {
      setBody(args.request, await supplied);
      return next(args);
    };
  command.middlewareStack.addRelativeTo(waitForBody, {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
  });
  const answer = client.send(command, { abortSignal: stop.signal });
  // Where it fails before it is sent, whoever sends it is told.
  answer.catch(() => {});
  supplied.catch(() => {});

  return {
    async send(body, signal) {
      const cancel = () => stop.abort(signal.reason);
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      supply(body);
      try {
        return await answer;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
    discard: () => stop.abort(new Error('the request is not needed any more')),
  };
}

function setBody(request: unknown, body: string): void {
  if (!isHttpRequest(request))
    throw new TypeError('the SDK must make an HTTP request, but made something else');
  request.body = body;
  request.headers['content-length'] = String(Buffer.byteLength(body));
}

function isHttpRequest(value: unknown): value is { body: unknown; headers: Record<string, string> } {
  return typeof value === 'object' && value !== null && 'body' in value && 'headers' in value;
}
