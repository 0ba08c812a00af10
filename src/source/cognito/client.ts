import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CognitoIdentityProviderClientConfig } from '@aws-sdk/client-cognito-identity-provider';
import { readAnswer } from './answer.ts';
import type { CredentialsProvider } from './credentials.ts';
import type { CognitoServer } from './options.ts';
import { type Page, parsePage } from './page.ts';

/** The two requests to a user pool. Each is sent once, without retries. */
export interface PoolClient {
  /** @throws MalformedAnswerError, ErrorAnswer, or what the SDK throws */
  listUsers(request: ListUsersRequest, signal: AbortSignal): Promise<Page>;
  /** The pool's own estimate of its users; undefined if it gives none. */
  estimateUsers(signal: AbortSignal): Promise<number | undefined>;
  /** Changes whenever the credentials have to be looked up again. */
  readonly credentialsVersion: number;
  /**
   * Makes the next request look up the credentials again, unless that has happened since this version.
   *
   * @returns whether there is anything to look up
   */
  renewCredentials(version: number): boolean;
  /** Closes idle connections. */
  releaseIdle(): void;
  /** Closes all connections. */
  close(): void;
}

/** The parameters of ListUsers that a scan uses, with the API's names. */
export interface ListUsersRequest {
  readonly Limit: number;
  readonly PaginationToken?: string;
  readonly Filter?: string;
}

/** What a client needs. */
export interface PoolClientOptions {
  readonly server: CognitoServer;
  /** Undefined if AWS' own credential chain is meant. */
  readonly credentials: CredentialsProvider | undefined;
  /** The maximum number of open connections. */
  readonly maxSockets: number;
}

/** The keep-alive interval of idle connections in milliseconds. */
const keepAliveMs = 1000;

/** The SDK caches the files of AWS' credential chain as long as the process lives. */
async function readProfilesAgain(): Promise<void> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  await loadSharedConfigFiles({ ignoreCache: true });
}

/** A client of the AWS SDK, which is loaded and created at the first request. */
export function createPoolClient({ server, credentials, maxSockets }: PoolClientOptions): PoolClient {
  const agentOptions = { keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets };
  const agents = [new HttpAgent(agentOptions), new HttpsAgent(agentOptions)] as const;
  let sdk: Promise<Sdk> | undefined;
  let credentialsVersion = 0;

  function loadSdk(): Promise<Sdk> {
    const isChain = credentials === undefined;
    sdk ??= isChain && credentialsVersion > 0 ? readProfilesAgain().then(create) : create();
    return sdk;
  }

  function create(): Promise<Sdk> {
    return createSdk({
      region: server.region,
      requestHandler: { httpAgent: agents[0], httpsAgent: agents[1] },
      // All scans share a token bucket for their attempts, so the SDK must not retry itself.
      maxAttempts: 1,
      retryMode: 'standard',
      ...(server.endpoint === undefined ? {} : { endpoint: server.endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  return {
    async listUsers(request, abortSignal) {
      const { client, ListUsersCommand } = await loadSdk();
      const command = new ListUsersCommand({ UserPoolId: server.userPoolId, ...request });
      let page: Page | undefined;
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          const json = await readAnswer(result.response);
          if (json !== undefined) page = parsePage(json);
          return result;
        },
        // The SDK parses answers in this step; with a low priority this runs between that and the connection.
        { step: 'deserialize', priority: 'low' },
      );
      await client.send(command, { abortSignal });
      if (!page) throw new TypeError('the SDK did not throw for an error');
      return page;
    },
    async estimateUsers(abortSignal) {
      const { client, DescribeUserPoolCommand } = await loadSdk();
      const command = new DescribeUserPoolCommand({ UserPoolId: server.userPoolId });
      const { UserPool } = await client.send(command, { abortSignal });
      return UserPool?.EstimatedNumberOfUsers;
    },
    get credentialsVersion() {
      return credentialsVersion;
    },
    renewCredentials(version) {
      if (version === credentialsVersion) {
        credentialsVersion += 1;
        // The SDK caches credentials as long as its client lives; connections are kept.
        sdk = undefined;
      }
      return server.credentials.kind !== 'static' || server.credentials.secret.kind === 'vault';
    },
    releaseIdle() {
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

type Sdk = Awaited<ReturnType<typeof createSdk>>;

async function createSdk(config: CognitoIdentityProviderClientConfig) {
  const { CognitoIdentityProviderClient, DescribeUserPoolCommand, ListUsersCommand } = await import(
    '@aws-sdk/client-cognito-identity-provider'
  );
  return { client: new CognitoIdentityProviderClient(config), DescribeUserPoolCommand, ListUsersCommand };
}
