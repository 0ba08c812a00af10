import type { PGlite } from '@electric-sql/pglite';
import { messageOf } from '../../errors.ts';
import { readCatalogText } from '../introspection.ts';
import type { StoredSecret } from '../vault.ts';
import { createDatabase, extensionsNamedIn } from './embedded-database.ts';
import { type LoadReport, ScriptLoader, type SqlScript } from './loader.ts';
import { loadParser } from './statement.ts';

/**
 * The program of a separate process: an embedded Postgres that lives for as long as scripts run in it and their
 * catalog is read. Its hundreds of megabytes end with the process.
 */

/** What the process says to its parent. */
export type EmbeddedMessage =
  | { readonly running: { readonly file: string; readonly line: number } }
  | { readonly evaluated: EvaluatedScripts }
  | { readonly failed: string };

/** What scripts define, and what became of their statements. Plain values, for files and other processes. */
export interface EvaluatedScripts extends LoadReport {
  /** The row that the introspection returns, as JSON. */
  readonly catalog: string;
  readonly secrets: readonly StoredSecret[];
}

process.once('message', (scripts: readonly SqlScript[]) => {
  evaluate(scripts).then(
    (evaluated) => send({ evaluated }, () => process.exit(0)),
    (error: unknown) => send({ failed: messageOf(error) }, () => process.exit(1)),
  );
});
// The parent process is gone.
process.once('disconnect', () => process.exit(1));

async function evaluate(scripts: readonly SqlScript[]): Promise<EvaluatedScripts> {
  await loadParser();
  const database = await createDatabase(await extensionsNamedIn(scripts));
  const loader = new ScriptLoader(database, (file, line) => send({ running: { file, line } }));
  for (const script of scripts) await loader.load(script);
  return {
    ...loader.report(),
    catalog: await readCatalogText(database),
    secrets: await readSecrets(database),
  };
}

async function readSecrets(database: PGlite): Promise<readonly StoredSecret[]> {
  const { rows } = await database
    .query<{ secret: StoredSecret }>('select to_json(s) as secret from vault.decrypted_secrets s')
    .catch(() => ({ rows: [] }));
  return rows.map(({ secret: { id, key_id, name, decrypted_secret } }) => ({
    id,
    key_id,
    name,
    decrypted_secret,
  }));
}

function send(message: EmbeddedMessage, sent: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, sent);
}
