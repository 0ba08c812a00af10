import { readFile } from 'node:fs/promises';
import { ConfigurationError, codeOf, UsageError } from '../../errors.ts';

/**
 * A secret that is given directly or in a file, as mounted into containers. A line break at the end of the file is not part
 * of it.
 *
 * @param flag the flag of the secret itself; that of the file is named `FLAG-file`
 * @throws UsageError if both are given
 * @throws ConfigurationError if the file cannot be read or is empty
 */
export async function secretOf(
  flag: string,
  secret: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return secret;
  if (secret !== undefined) throw new UsageError(`${flag} and ${flag}-file cannot be combined`);
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    const code = codeOf(cause) ?? 'unknown reason';
    throw new ConfigurationError(`${flag}-file: ${file} cannot be read (${code})`, cause);
  });
  const text = content.replace(/\r?\n$/, '');
  if (text === '') throw new ConfigurationError(`${flag}-file: ${file} is empty`);
  return text;
}
