import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readAnswer } from './answer.ts';
import type { CredentialsProvider } from './credentials.ts';
import type { CognitoServer } from './options.ts';

/** The two requests that a user pool is asked. Each is sent once, and answered with the JSON of its answer. */
export interface PoolClient {
  listUsers(request: ListUsersRequest, signal: AbortSignal): Promise<unknown>;
  describeUserPool(signal: AbortSignal): Promise<unknown>;
  /** Makes the next request look up the credentials again. */
  forgetCredentials(): void;
  /** Closes the connections that no request is using. */
  closeIdleConnections(): void;
  /** Closes all connections. */
  close(): void;
}

/** The part of ListUsers' request that a scan uses, in the API's words. */
export interface ListUsersRequest {
  readonly Limit: number;
  readonly PaginationToken?: string;
  readonly Filter?: string;
}

/** What a client needs. */
export interface PoolClientOptions {
  readonly server: CognitoServer;
  /** Undefined where AWS' own credential chain is meant. */
  readonly credentials: CredentialsProvider | undefined;
  /** The connections that may be open at once. */
  readonly maxSockets: number;
}

/** Milliseconds between two probes of an idle connection. */
const keepAliveMs = 1000;

/** A client of the AWS SDK, which is loaded and made at the first request. */
export function createPoolClient({ server, credentials, maxSockets }: PoolClientOptions): PoolClient {
  const agentOptions = { keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets };
  const agents = [new HttpAgent(agentOptions), new HttpsAgent(agentOptions)] as const;
  const requestHandler = new NodeHttpHandler({ httpAgent: agents[0], httpsAgent: agents[1] });
  let sdk: ReturnType<typeof createSdk> | undefined;

  async function createSdk() {
    const { CognitoIdentityProviderClient, DescribeUserPoolCommand, ListUsersCommand } = await import(
      '@aws-sdk/client-cognito-identity-provider'
    );
    const client = new CognitoIdentityProviderClient({
      region: server.region,
      requestHandler,
      // Attempts are paced by the bucket that all scans share, so the SDK makes one only.
      maxAttempts: 1,
      retryMode: 'standard',
      ...(server.endpoint === undefined ? {} : { endpoint: server.endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
    // The SDK's own reading and logging of an answer take as long as all the rest of a request, about 1 ms for
    // 60 users, and a serial scan waits for it on every page.
    client.middlewareStack.remove('loggerMiddleware');
    client.middlewareStack.add(
      (next) => async (args) => {
        const { response } = await next(args);
        const output = { $metadata: {}, body: await readAnswer(response) };
        return { response, output };
      },
      { step: 'deserialize', name: 'deserializerMiddleware', override: true },
    );
    return { client, DescribeUserPoolCommand, ListUsersCommand };
  }

  function loadSdk(): ReturnType<typeof createSdk> {
    sdk ??= createSdk();
    return sdk;
  }

  return {
    async listUsers(request, abortSignal) {
      const { client, ListUsersCommand } = await loadSdk();
      const command = new ListUsersCommand({ UserPoolId: server.userPoolId, ...request });
      return bodyOf(await client.send(command, { abortSignal }));
    },
    async describeUserPool(abortSignal) {
      const { client, DescribeUserPoolCommand } = await loadSdk();
      const command = new DescribeUserPoolCommand({ UserPoolId: server.userPoolId });
      return bodyOf(await client.send(command, { abortSignal }));
    },
    forgetCredentials() {
      // The SDK keeps credentials for as long as its client lives; the connections outlive it.
      sdk = undefined;
    },
    closeIdleConnections() {
      for (const agent of agents) {
        for (const sockets of Object.values(agent.freeSockets)) {
          for (const socket of sockets ?? []) socket.destroy();
        }
      }
    },
    close() {
      for (const agent of agents) agent.destroy();
    },
  };
}

function bodyOf(output: object): unknown {
  return 'body' in output ? output.body : undefined;
}
