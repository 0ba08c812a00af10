import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';

/** What every server of the comparison is started with, as JSON in its first argument. */
export interface ServerProcessOptions {
  readonly users: number;
  /** The emulated pool's address, for the gateway. */
  readonly poolUrl: string;
  /** A Postgres with the same users in the table `public.users`. */
  readonly postgresUrl: string;
  /** What the bare server answers at `/` and the name of each case. */
  readonly answers: Readonly<Record<string, string>>;
}

/** A message of a server: its address as soon as it answers, or its usage on request. */
export type ServerProcessMessage = { readonly url: string } | ServerUsage;

/** What the process of a server has used so far. */
export interface ServerUsage {
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
}

/** The options of this process. */
export function serverProcessOptions(): ServerProcessOptions {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Tells the parent where this process answers, and what it uses; ends with it. */
export function announce(url: string): void {
  tell({ url });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({ cpuSeconds: (user + system) / 1e6, residentMegabytes: process.memoryUsage.rss() / 2 ** 20 });
  });
  process.on('disconnect', () => process.exit(0));
}

function tell(message: ServerProcessMessage): void {
  process.send?.(message);
}

/** Serves on a free port of this machine and announces it. */
export function serve(listener: RequestListener): void {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address) announce(`http://127.0.0.1:${address.port}/graphql`);
  });
}
