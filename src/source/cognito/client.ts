import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CognitoIdentityProviderClientConfig } from '@aws-sdk/client-cognito-identity-provider';
import { readAnswer } from './answer.ts';
import type { CredentialsProvider } from './credentials.ts';
import type { CognitoServer } from './options.ts';
import { type Page, parsePage } from './page.ts';

/** The two requests that a user pool is asked, each of which is sent once. */
export interface PoolClient {
  /** @throws MalformedAnswerError, ErrorAnswer, or what the SDK throws */
  listUsers(request: ListUsersRequest, signal: AbortSignal): Promise<Page>;
  /** How many users the pool says it has; undefined where it does not say. */
  estimateUsers(signal: AbortSignal): Promise<number | undefined>;
  /** Changes whenever the credentials are to be looked up again. */
  readonly credentialsVersion: number;
  /**
   * Makes the next request look up the credentials again, unless that has happened since they had this version.
   *
   * @returns whether there is anything to look up
   */
  renewCredentials(version: number): boolean;
  /** Closes the connections that no request uses. */
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
  let sdk: Promise<Sdk> | undefined;
  let credentialsVersion = 0;

  function loadSdk(): Promise<Sdk> {
    sdk ??= createSdk({
      region: server.region,
      requestHandler: { httpAgent: agents[0], httpsAgent: agents[1] },
      // Attempts are paced by the bucket that all scans share, so the SDK makes one only.
      maxAttempts: 1,
      retryMode: 'standard',
      ...(server.endpoint === undefined ? {} : { endpoint: server.endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
    return sdk;
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
        // The SDK reads an answer in this step; what has a low priority comes between it and the connection.
        { step: 'deserialize', priority: 'low' },
      );
      await client.send(command, { abortSignal });
      if (!page) throw new TypeError('the SDK must throw where an answer is an error');
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
        // The SDK keeps credentials for as long as its client lives; the connections outlive it.
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
