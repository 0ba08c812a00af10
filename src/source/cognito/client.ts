import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CognitoIdentityProviderClientConfig } from '@aws-sdk/client-cognito-identity-provider';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readAnswer } from './answer.ts';
import type { CredentialsProvider } from './credentials.ts';
import type { CognitoServer } from './options.ts';
import { type PreparedRequest, prepareRequest } from './prepared-request.ts';

/** The two requests that a user pool is asked. Each is sent once, and answered with the JSON of its answer. */
export interface PoolClient {
  listUsers(request: ListUsersRequest, signal: AbortSignal): Promise<unknown>;
  describeUserPool(signal: AbortSignal): Promise<unknown>;
  /** Makes the next request look up the credentials again. */
  forgetCredentials(): void;
  /** Lets go of what no request is using, connections above all. */
  releaseIdle(): void;
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
  let sdk: Promise<Sdk> | undefined;
  let spare: PreparedRequest | undefined;
  let preparing: NodeJS.Immediate | undefined;

  function loadSdk(): Promise<Sdk> {
    sdk ??= createSdk({
      region: server.region,
      requestHandler,
      // Attempts are paced by the bucket that all scans share, so the SDK makes one only.
      maxAttempts: 1,
      retryMode: 'standard',
      ...(server.endpoint === undefined ? {} : { endpoint: server.endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
    return sdk;
  }

  function prepare({ client, ListUsersCommand }: Sdk): PreparedRequest {
    return prepareRequest(client, new ListUsersCommand({ UserPoolId: server.userPoolId }));
  }

  function discardSpare(): void {
    clearImmediate(preparing);
    preparing = undefined;
    spare?.discard();
    spare = undefined;
  }

  return {
    async listUsers(request, signal) {
      const loaded = await loadSdk();
      const prepared = spare ?? prepare(loaded);
      spare = undefined;
      const answer = prepared.send(JSON.stringify({ UserPoolId: server.userPoolId, ...request }), signal);
      preparing ??= setImmediate(() => {
        preparing = undefined;
        spare ??= prepare(loaded);
      });
      return bodyOf(await answer);
    },
    async describeUserPool(abortSignal) {
      const { client, DescribeUserPoolCommand } = await loadSdk();
      const command = new DescribeUserPoolCommand({ UserPoolId: server.userPoolId });
      return bodyOf(await client.send(command, { abortSignal }));
    },
    forgetCredentials() {
      // The SDK keeps credentials for as long as its client lives; the connections outlive it.
      sdk = undefined;
      discardSpare();
    },
    releaseIdle() {
      discardSpare();
      for (const agent of agents) {
        for (const sockets of Object.values(agent.freeSockets)) {
          for (const socket of sockets ?? []) socket.destroy();
        }
      }
    },
    close() {
      discardSpare();
      for (const agent of agents) agent.destroy();
    },
  };
}

type Sdk = Awaited<ReturnType<typeof createSdk>>;

async function createSdk(config: CognitoIdentityProviderClientConfig) {
  const { CognitoIdentityProviderClient, DescribeUserPoolCommand, ListUsersCommand } = await import(
    '@aws-sdk/client-cognito-identity-provider'
  );
  const client = new CognitoIdentityProviderClient(config);
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

/** The JSON that the middleware above puts into a command's output. */
function bodyOf(output: object): unknown {
  return 'body' in output ? output.body : undefined;
}
