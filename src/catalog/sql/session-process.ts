import { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { EmbeddedFiles } from '../location.ts';
import { createDatabase, extensionsNamedIn } from './embedded-database.ts';
import { ScriptLoader, type SqlScript } from './loader.ts';
import { loadParser } from './statement.ts';

/**
 * The program of a separate process: an embedded Postgres in which scripts have been run, and which one client talks
 * to over a pipe until it disconnects.
 */

/** The messages of the parent process. */
export interface SessionRequest {
  readonly scripts: readonly SqlScript[];
  readonly files: EmbeddedFiles;
  /** Which of the process's files is the pipe to the client. */
  readonly pipeNumber: number;
}

process.once('message', (request: SessionRequest) => {
  serve(request).then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
// The parent process is gone.
process.once('disconnect', () => process.exit(1));

async function serve({ scripts, files, pipeNumber }: SessionRequest): Promise<void> {
  await loadParser();
  const { file_fdw } = await import('@electric-sql/pglite/contrib/file_fdw');
  const database = await createDatabase({ ...(await extensionsNamedIn(scripts)), file_fdw });
  for (const [path, bytes] of files) {
    database.Module.FS.mkdirTree(dirname(path));
    database.Module.FS.writeFile(path, bytes);
  }
  const loader = new ScriptLoader(database, () => {});
  for (const script of scripts) await loader.load(script);
  const pipe = new Socket({ fd: pipeNumber });
  for await (const message of messagesOf(pipe)) pipe.write(await database.execProtocolRaw(message));
}

/**
 * A client's messages, each as a whole. All but the first begin with a byte for their kind, and then their length:
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
async function* messagesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let rest = Buffer.alloc(0);
  let lengthAt = 0;
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= lengthAt + 4) {
      const end = lengthAt + rest.readInt32BE(lengthAt);
      if (rest.length < end) break;
      yield rest.subarray(0, end);
      rest = rest.subarray(end);
      lengthAt = 1;
    }
  }
}
