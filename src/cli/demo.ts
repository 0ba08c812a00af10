import { readFile } from 'node:fs/promises';
import { startEmulator } from '../emulator/emulator.ts';
import { demoUsers } from '../emulator/population.ts';
import { createLogSink } from './log-sink.ts';
import type { ServeFlags } from './options.ts';
import { gatewayOptions, serveUntilStopped } from './serve.ts';

/** The catalog that the demo serves; published with the package. */
const catalogFile = new URL('../../schema/catalog.sql', import.meta.url);

/** The pool that the catalog's server names. */
const poolId = 'us-east-1_Demo12345';

/** Serves an embedded catalog over an emulated user pool until SIGINT or SIGTERM. */
export async function demo(flags: ServeFlags & { readonly users: number }): Promise<void> {
  const observe = createLogSink({ level: flags.logLevel, format: flags.logFormat });
  const emulator = await startEmulator({ pools: new Map([[poolId, demoUsers(flags.users)]]) });
  try {
    const sql = `${await readFile(catalogFile, 'utf8')}
      alter server cognito_server options (
        add endpoint_url '${emulator.url}', add aws_access_key_id 'demo', add aws_secret_access_key 'demo');`;
    await serveUntilStopped({ ...gatewayOptions(flags), catalog: { sql }, observe }, flags, observe);
  } finally {
    await emulator.close();
  }
}
