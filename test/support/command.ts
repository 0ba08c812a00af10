import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;

/** What a command that has ended left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = start(args, environment);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** A command that serves. */
export interface Serving {
  readonly url: string;
  readonly pid: number;
  /** Every line it has logged. */
  readonly lines: readonly string[];
  /** Sends the signal, and resolves to the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Runs a command until it says where it listens.
 *
 * @param awaited the event that says so: `port-open` comes before there is a catalog
 */
export async function serve(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  awaited: 'listening' | 'port-open' = 'listening',
): Promise<Serving> {
  const child = start([...args, '--port', '0', '--log-format', 'json'], environment);
  const ended = once(child, 'close');
  const lines: string[] = [];
  if (!child.stdout) throw new Error('the command must have an output');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      lines.push(line);
      const { event, url: address } = JSON.parse(line);
      if (event === awaited) resolve(address);
    });
    child.stderr?.on('data', (chunk) => lines.push(String(chunk)));
    ended.then(() => reject(new Error(`the command ended before it listened: ${lines.join('\n')}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    async stop(signal) {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

function start(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
