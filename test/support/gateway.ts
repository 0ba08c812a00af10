import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import type { PoolUser } from '../../src/emulator/user.ts';
import type { GatewayOptions } from '../../src/gateway.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import type { ListeningServer } from '../../src/http/server/listening-server.ts';
import type { Observation } from '../../src/observation.ts';
import { createDatabase, type TestDatabase } from './database.ts';

/** The pool that `cognitoServer` names. */
export const testPool = 'us-east-1_TestPool1';

/** A gateway over a real Postgres and an emulated pool, listening on a port of its own. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly emulator: Emulator;
  readonly database: TestDatabase;
  readonly url: string;
  readonly observations: readonly Observation[];
  /** Posts a query over HTTP. */
  query(query: string, variables?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

/** A response to a query. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly data: any;
  readonly errors: readonly AnswerError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Starts a gateway whose catalog is `sql` (its server must be named `cognito_server`) and whose pool has `users`. */
export async function startGateway(
  sql: string,
  users: readonly PoolUser[],
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  const emulator = await startEmulator({ pools: new Map([[testPool, users]]) });
  const database = await createDatabase(sql);
  await database.client.query(`alter server cognito_server options (add endpoint_url '${emulator.url}')`);
  const observations: Observation[] = [];
  const gateway = await createGateway({
    catalog: { databaseUrl: database.url },
    requestsPerSecond: 1000,
    observe: (observation) => observations.push(observation),
    ...options,
  });
  const server = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    gateway,
    emulator,
    database,
    url: server.url,
    observations,
    query: (query, variables, headers) => post(server, { query, variables }, headers),
    async close() {
      await server.close(0);
      await gateway.close();
      await emulator.close();
      await database.drop();
    },
  };
}

async function post(
  server: ListeningServer,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const { data, errors = [], extensions = {} } = await response.json();
  return { status: response.status, headers: response.headers, data, errors, extensions };
}
