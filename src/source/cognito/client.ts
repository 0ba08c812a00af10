import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CognitoIdentityProviderClientConfig } from '@aws-sdk/client-cognito-identity-provider';
import type { PlainObject } from '../../values/plain-object.ts';
import { type AnswerLimits, descriptionLimits, pageLimits, readAnswer } from './answer.ts';
import type { CredentialsProvider } from './credentials.ts';
import type { CognitoServer } from './options.ts';
import { type Page, parseEstimate, parsePage } from './page.ts';
import { SingleFile } from './single-file.ts';

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

/** A step of the SDK's between the connection and what comes after it. */
type ReadStep = <Args, Result extends { readonly response: unknown }>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

/** The SDK parses answers in this step; with a low priority another runs between that and the connection. */
const beforeParsing = { step: 'deserialize', priority: 'low' } as const;

/** A client of the AWS SDK, which is loaded and created at the first request. */
export function createPoolClient({ server, credentials, maxSockets }: PoolClientOptions): PoolClient {
  const agentOptions = { keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets };
  const agents = [new HttpAgent(agentOptions), new HttpsAgent(agentOptions)] as const;
  const largeAnswers = new SingleFile();
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

  /**
   * Lets the SDK sign and send a request, and report errors.
   *
   * @param send sends a command that has the given step, in which the JSON of a successful answer is read
   */
  async function ask(
    send: (sdk: Sdk, read: ReadStep) => Promise<unknown>,
    limits: AnswerLimits,
    signal: AbortSignal,
  ): Promise<PlainObject> {
    const loading = loadSdk();
    let isSent = false;
    let answer: PlainObject | undefined;
    try {
      await send(await loading, (next) => async (args) => {
        isSent = true;
        const result = await next(args);
        answer = await readAnswer(result.response, limits, largeAnswers, signal);
        return result;
      });
    } catch (error) {
      // What kept it from being sent may be what the client remembers of an earlier answer, such as its time.
      if (!isSent && sdk === loading) sdk = undefined;
      throw error;
    }
    if (!answer) throw new TypeError('the SDK did not throw for an error');
    return answer;
  }

  return {
    async listUsers(request, abortSignal) {
      const answer = await ask(
        ({ client, ListUsersCommand }, read) => {
          const command = new ListUsersCommand({ UserPoolId: server.userPoolId, ...request });
          command.middlewareStack.add(read, beforeParsing);
          return client.send(command, { abortSignal });
        },
        pageLimits,
        abortSignal,
      );
      return parsePage(answer);
    },
    async estimateUsers(abortSignal) {
      const answer = await ask(
        ({ client, DescribeUserPoolCommand }, read) => {
          const command = new DescribeUserPoolCommand({ UserPoolId: server.userPoolId });
          command.middlewareStack.add(read, beforeParsing);
          return client.send(command, { abortSignal });
        },
        descriptionLimits,
        abortSignal,
      );
      return parseEstimate(answer);
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
