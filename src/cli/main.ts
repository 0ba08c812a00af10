#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError, type Option } from 'commander';
import { GatewayError, UsageError } from '../errors.ts';
import {
  auth,
  catalogOptions,
  federation,
  json,
  logFormat,
  role,
  scanOptions,
  serveOptions,
  users,
} from './options.ts';

/** What the process exits with where it could not do as asked; 0 where it could. */
const exitCodes = { failed: 1, usage: 2 } as const;

const { version } = createRequire(import.meta.url)('../../package.json');

const program = new Command('fdw-graphql')
  .description('A GraphQL gateway over the foreign tables that a Postgres catalog defines.')
  .version(version)
  .exitOverride()
  // One line a refusal, its suggestion included.
  .configureOutput({ outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}\n`) });

// A command's code is loaded when it is run, so that help and refusals come at once.
command('serve', 'serve GraphQL over the foreign tables of a catalog', [
  ...catalogOptions(),
  ...serveOptions(),
  logFormat('json'),
]).action(async (flags) => (await import('./serve.ts')).serve(flags));

command('demo', 'serve an emulated user pool: nothing to install or configure', [
  users(),
  auth(),
  ...serveOptions({ warm: true }),
  logFormat('pretty'),
]).action(async (flags) => (await import('./demo.ts')).demo(flags));

command('sdl', 'print the schema', [...catalogOptions(), role(), federation()]).action(async (flags) =>
  (await import('./sdl.ts')).printSdl(flags),
);

command('inspect', 'print what is exposed, and what stands in the way of the rest', [
  ...catalogOptions(),
  federation(),
  json(),
]).action(async (flags) => (await import('./inspect.ts')).inspect(flags));

command('scan', 'scan every foreign object once and print what it took', [
  ...catalogOptions(),
  ...scanOptions(),
  json(),
]).action(async (flags) => (await import('./scan.ts')).scan(flags));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else if (error instanceof GatewayError) {
    process.stderr.write(`fdw-graphql: ${error.message}\n`);
    process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  } else throw error;
}

function command(name: string, description: string, flags: readonly Option[]): Command {
  const added = program.command(name).description(description).allowExcessArguments(false);
  for (const flag of flags) added.addOption(flag);
  return added;
}
