#!/usr/bin/env node
import { Command, CommanderError, type Option } from 'commander';
import { GatewayError, UsageError } from '../errors.ts';
import { demo } from './demo.ts';
import { inspect } from './inspect.ts';
import { options } from './options.ts';
import { scan } from './scan.ts';
import { printSdl } from './sdl.ts';
import { serve } from './serve.ts';

/** What the process exits with where it could not do as asked; 0 where it could. */
const exitCodes = { failed: 1, usage: 2 } as const;

const source = [options.databaseUrl(), options.catalog(), options.schemas()];
const serving = [
  options.host(),
  options.port(),
  options.maxAge(),
  options.staleWhileRevalidate(),
  options.scanTimeout(),
  options.parallelScan(),
  options.requestsPerSecond(),
  options.introspection(),
  options.federation(),
  options.logLevel(),
];

const program = new Command('fdw-graphql')
  .description('A GraphQL gateway over the foreign tables that a Postgres catalog defines.')
  .exitOverride();

command('serve', 'serve GraphQL over the foreign tables of a catalog', [
  ...source,
  ...serving,
  options.logFormat(),
]).action(serve);
command('demo', 'serve an emulated user pool: nothing to install or configure', [
  options.users(),
  ...serving,
  options.logFormat().default('pretty'),
]).action(demo);
command('sdl', 'print the schema', [...source, options.role(), options.federation()]).action(printSdl);
command('inspect', 'print what is exposed, and what stands in the way of the rest', [
  ...source,
  options.federation(),
  options.json(),
]).action(inspect);

command('scan', 'scan every foreign object once and print what it took', [
  ...source,
  options.parallelScan(),
  options.requestsPerSecond(),
  options.json(),
]).action(scan);

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
  const added = program.command(name).description(description).exitOverride().allowExcessArguments(false);
  for (const flag of flags) added.addOption(flag);
  return added;
}
