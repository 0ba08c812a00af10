import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { ConfigurationError, messageOf } from '../errors.ts';
import { isPlainObject } from '../values/plain-object.ts';

/**
 * Reads a config file: JSON, or a JavaScript or TypeScript module whose default export is the config.
 *
 * @throws ConfigurationError if there is no such file, or it contains something else
 */
export async function readConfigFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  const config = await (file.endsWith('.json') ? readJson(file) : importDefault(file));
  if (!isPlainObject(config)) {
    throw new ConfigurationError(`the config file ${file} must contain an object of flags`);
  }
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigurationError(`the config file ${file} cannot be read (--config)`, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`the config file ${file} is not JSON: ${firstLineOf(cause)}`, cause);
  }
}

/** Node 20 does not run TypeScript, and the package may not be installed in the file's folder. */
async function importDefault(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, { alias: { 'fdw-graphql/config': ownModule('./config') } });
  try {
    return await jiti.import(resolve(file), { default: true });
  } catch (cause) {
    throw new ConfigurationError(`the config file ${file} cannot be loaded: ${firstLineOf(cause)}`, cause);
  }
}

/** A sibling module, which is TypeScript in the sources and JavaScript in the package. */
function ownModule(name: string): string {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return fileURLToPath(new URL(`${name}${extension}`, import.meta.url));
}

/** The first line of an error's message. */
function firstLineOf(cause: unknown): string {
  return messageOf(cause).split('\n', 1)[0] ?? '';
}
