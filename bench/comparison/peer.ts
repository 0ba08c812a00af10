import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Dialect } from './cases.ts';
import type { ServerProcessMessage, ServerProcessOptions, ServerUsage } from './server-process.ts';

/** A server that the gateway is compared with, or the gateway. */
export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Where its code is, from this folder. */
  readonly module: string;
  readonly dialect: Dialect;
  /** Sends the same bytes whatever it is asked, from an address for each case. */
  readonly canned?: boolean;
  /** The oldest major version of Node that it runs on, if that is newer than the gateway's. */
  readonly leastNode?: number;
}

export const gateway: Peer = {
  name: 'gateway',
  title: 'this gateway',
  module: 'gateway-server.ts',
  dialect: 'collection',
};

export const peers: readonly Peer[] = [
  gateway,
  {
    name: 'postgraphile',
    title: 'PostGraphile 5, local Postgres, indexed',
    module: '../peers/postgraphile.ts',
    dialect: 'postgraphile',
    leastNode: 22,
  },
  {
    name: 'yoga',
    title: 'Yoga + Pothos + graphql-jit, array and map',
    module: '../peers/yoga.ts',
    dialect: 'collection',
  },
  {
    name: 'mercurius',
    title: 'Mercurius + graphql-jit, array and map',
    module: '../peers/mercurius.ts',
    dialect: 'collection',
  },
  {
    name: 'pg_graphql',
    title: 'pg_graphql, local Postgres, indexed',
    module: '../peers/pg-graphql.ts',
    dialect: 'collection',
  },
  {
    name: 'bare',
    title: 'bare `node:http`, the same bytes',
    module: 'bare-server.ts',
    dialect: 'collection',
    canned: true,
  },
];

/** A peer in a separate process. */
export interface RunningPeer {
  readonly peer: Peer;
  /** Where it answers requests of the case. */
  urlFor(caseName: string): string;
  usage(): Promise<ServerUsage>;
  stop(): void;
}

/** @throws Error where the process ends before it answers */
export async function startPeer(peer: Peer, options: ServerProcessOptions): Promise<RunningPeer> {
  const child = fork(new URL(peer.module, import.meta.url), [JSON.stringify(options)], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const started = await nextMessage(child, peer);
  if (!('url' in started)) throw new Error(`${peer.name} must say its address first`);
  return {
    peer,
    urlFor: (caseName) => (peer.canned ? new URL(`/${caseName}`, started.url).href : started.url),
    async usage() {
      child.send('usage');
      const usage = await nextMessage(child, peer);
      if ('url' in usage) throw new Error(`${peer.name} must say what it uses`);
      return usage;
    },
    stop: () => child.kill(),
  };
}

async function nextMessage(child: ChildProcess, { name }: Peer): Promise<ServerProcessMessage> {
  const ended = new AbortController();
  const end = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`${name} ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), end]);
  // Nobody waits for the end any more.
  end.catch(() => {});
  ended.abort();
  return message;
}
