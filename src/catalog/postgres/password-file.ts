import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The values that a line of the file has to match. */
export interface PasswordQuery {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The password for a connection in `.pgpass`. As in psql, the file is ignored if others can read it.
 *
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function passwordFromFile(
  query: PasswordQuery,
  file: string = join(homedir(), '.pgpass'),
): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return undefined;
    const lines = (await readFile(file, 'utf8')).split(/\r?\n/);
    return lines.map((line) => matchLine(line, query)).find((password) => password !== undefined);
  } catch {
    return undefined;
  }
}

function matchLine(line: string, { host, port, database, user }: PasswordQuery): string | undefined {
  if (line.startsWith('#')) return undefined;
  const fields = line.match(/(?:[^:\\]|\\.)+/g)?.map((field) => field.replace(/\\(.)/g, '$1')) ?? [];
  // The folder of a socket is matched as localhost.
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  const matches = wanted.every((value, index) => fields[index] === '*' || fields[index] === value);
  return matches ? fields[4] : undefined;
}
