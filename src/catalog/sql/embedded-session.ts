import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { SessionRequest } from './session-process.ts';

/** Which of the process's files the pipe is, after the three that every process has and Node's own messages. */
const pipeNumber = 4;

/**
 * Opens a connection to an embedded Postgres of its own, in which scripts have been run. It lives in another process,
 * which ends with the connection: it takes half a second to start, and hundreds of megabytes while it runs.
 *
 * @param signal gives up
 */
export async function openEmbeddedSession(
  request: Omit<SessionRequest, 'pipeNumber'>,
  signal: AbortSignal,
): Promise<pg.Client> {
  const child = fork(
    fileURLToPath(new URL(`./session-process${extname(import.meta.url)}`, import.meta.url)),
    {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
      // What this process was told on its command line, such as a port to debug at, is not for another one too.
      execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
    },
  );
  const stop = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const pipe = child.stdio[pipeNumber];
  if (!(pipe instanceof Socket)) throw new TypeError('the pipe of a child process must be a socket');
  const client = new pg.Client({ user: 'postgres', database: 'postgres', stream: () => connected(pipe) });
  client.once('end', stop);
  try {
    child.send({ ...request, pipeNumber } satisfies SessionRequest);
    // If it cannot be started at all, its pipe is closed as well, which the client reports.
    await Promise.race([client.connect(), once(child, 'error').then(([error]) => Promise.reject(error))]);
    return client;
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The pipe as a socket that a client believes to connect. */
function connected(pipe: Socket): Socket {
  return Object.assign(pipe, {
    connect() {
      process.nextTick(() => pipe.emit('connect'));
      return pipe;
    },
  });
}
