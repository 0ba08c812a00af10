import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../errors.ts';
import type { EmbeddedMessage, EvaluatedScripts } from './embedded-process.ts';
import type { SqlScript } from './loader.ts';

/** Milliseconds that scripts may take, with the start of the embedded Postgres. */
const timeoutMs = 180_000;

/**
 * Runs scripts in an embedded Postgres in a process of its own, which ends before the result is returned.
 *
 * @throws ConfigurationError if the process fails or the scripts take too long; the message names the statement
 */
export function evaluateScripts(
  scripts: readonly SqlScript[],
  signal?: AbortSignal,
): Promise<EvaluatedScripts> {
  return new Promise((resolve, reject) => {
    const child = fork(
      fileURLToPath(new URL(`./embedded-process${extname(import.meta.url)}`, import.meta.url)),
      {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        // Node's options of this process, such as a port for debugging, must not apply to another one.
        execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
      },
    );
    let running: { readonly file: string; readonly line: number } | undefined;
    let answer: (() => void) | undefined;
    const place = () => (running ? ` at ${running.file}:${running.line}` : '');
    const fail = (message: string) => () => reject(new ConfigurationError(message));
    const timer = setTimeout(() => {
      answer ??= fail(`the catalog's SQL did not end within ${timeoutMs / 1000} s; it is${place()}`);
      child.kill('SIGKILL');
    }, timeoutMs);
    const abort = () => {
      answer ??= () => reject(signal?.reason);
      child.kill('SIGKILL');
    };
    signal?.addEventListener('abort', abort);
    child.on('message', (message: EmbeddedMessage) => {
      if ('running' in message) running = message.running;
      else if ('evaluated' in message) answer ??= () => resolve(message.evaluated);
      else answer ??= fail(`the catalog's SQL could not be run${place()}: ${message.failed}`);
    });
    child.on('error', (cause) => {
      answer ??= fail(`the embedded Postgres could not be started: ${cause.message}`);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      (answer ?? fail(`the embedded Postgres ended with ${code}${place()}`))();
    });
    child.send(scripts);
  });
}
