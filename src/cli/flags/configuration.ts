import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../errors.ts';
import { nearestSpelling } from '../../model/spelling.ts';
import type { AnyFlag } from './flag.ts';

/**
 * The environment variables of a flag: one with the gateway's prefix and one without. The first that is set counts.
 */
export function variablesOf(flag: AnyFlag): readonly [string, string] {
  const name = flag.name().replaceAll('-', '_').toUpperCase();
  return [`FDW_GRAPHQL_${name}`, name];
}

/** Takes a flag's value from the first of its variables that is set. */
export function readEnvironment(flag: AnyFlag): void {
  const variables = variablesOf(flag);
  flag.env(variables.find((name) => process.env[name] !== undefined) ?? variables[0]);
}

/**
 * Applies the values of a config file to the flags of a command that neither the command line nor a variable sets.
 *
 * @param known the flags of all commands, which share the file
 * @throws UsageError if a key is not the name of a flag, or its value is invalid
 */
export function applyConfig(
  command: Command,
  file: string,
  config: Readonly<Record<string, unknown>>,
  known: readonly AnyFlag[],
): void {
  for (const [key, value] of Object.entries(config)) {
    const flag = known.find((candidate) => candidate.attributeName() === key);
    if (!flag) throw new UsageError(`${file}: ${unknownKey(key, known)}`);
    const own = command.options.find((candidate) => candidate.attributeName() === key);
    const source = command.getOptionValueSource(key);
    if (!own || (source !== undefined && source !== 'default')) continue;
    command.setOptionValueWithSource(key, parseValue(file, key, own, value), 'config');
  }
}

function unknownKey(key: string, known: readonly AnyFlag[]): string {
  const meant = nearestSpelling(
    key,
    known.map((flag) => flag.attributeName()),
  );
  return `${JSON.stringify(key)} is not a flag${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`;
}

function parseValue(file: string, key: string, flag: Command['options'][number], value: unknown): unknown {
  try {
    const text = asText(value);
    if (text === undefined)
      throw new InvalidArgumentError('It must be a string, a number, true, false or a list.');
    if (flag.argChoices && !flag.argChoices.includes(text)) {
      throw new InvalidArgumentError(`It must be one of ${flag.argChoices.join(', ')}.`);
    }
    return flag.parseArg ? flag.parseArg(text, undefined) : text;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    // The value is not repeated: it could be a secret under a wrong name.
    throw new UsageError(`${file}: ${key} is not what the flag takes. ${error.message}`);
  }
}

/** A value as it would be written on the command line. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return Array.isArray(value) && value.every((part) => typeof part === 'string')
    ? value.join(',')
    : undefined;
}

/**
 * Adds to a message about flags where their values came from, if not from the command line.
 *
 * @param file the config file, if there is one
 */
export function withOrigins(message: string, command: Command, file: string | undefined): string {
  return message.replaceAll(/--[a-z][a-z-]*[a-z]/g, (mention) => {
    const flag = command.options.find(({ long }) => long === mention);
    const source = flag && command.getOptionValueSource(flag.attributeName());
    if (source === 'env') return `${mention} (from ${flag?.envVar})`;
    return source === 'config' ? `${mention} (from ${file})` : mention;
  });
}

/**
 * Rejects flags that have no effect without others, because they are probably a mistake.
 *
 * @throws UsageError
 */
export function refuseUseless(command: Command): void {
  const isGiven = (name: string) => {
    const value = command.getOptionValue(name);
    return value !== undefined && value !== false;
  };
  for (const [flag, ...needed] of dependencies) {
    if (isGiven(flag) && !needed.some(isGiven)) {
      throw new UsageError(
        `${longOf(command, flag)} has no effect without ${needed.map((name) => longOf(command, name)).join(' or ')}`,
      );
    }
  }
}

/** Flags, each with those of which at least one is required. */
const dependencies: readonly (readonly [string, ...string[]])[] = [
  ['snapshotKey', 'snapshotDir', 'share'],
  ['snapshotKeyFile', 'snapshotDir', 'share'],
  ['shareLogged', 'share', 'sql'],
  ['allowArbitraryOperations', 'persistedOperations'],
  ...['jwtAudience', 'jwtIssuer', 'jwtRoleClaim'].map((name): [string, ...string[]] => [
    name,
    'jwtSecret',
    'jwtSecretFile',
    'jwksUrl',
  ]),
];

function longOf(command: Command, name: string): string {
  return command.options.find((flag) => flag.attributeName() === name)?.long ?? name;
}
