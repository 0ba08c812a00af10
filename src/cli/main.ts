#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError, Help } from 'commander';
import { GatewayError, UsageError } from '../errors.ts';
import { reportFatal } from './fatal.ts';
import { applyConfig, readEnvironment, refuseUseless, withOrigins } from './flags/configuration.ts';
import {
  type DemoFlags,
  type DoctorFlags,
  flagsOf,
  type InspectFlags,
  type ScanFlags,
  type SdlFlags,
  type ServeFlags,
  type ShareFlags,
} from './flags/flags.ts';

/** The exit codes of failures; 0 means success. */
const exitCodes = { failed: 1, usage: 2 } as const;

const { version } = createRequire(import.meta.url)('../../package.json');

/** Commander's message about wrong usage. */
let usage = '';

const program = new Command('fdw-graphql')
  .description('A GraphQL gateway over the foreign tables that a Postgres catalog defines.')
  .version(version)
  .exitOverride()
  .configureHelp({
    // Commander also says that `[on|off]` means `on` without a value, for each of these flags.
    optionDescription: (flag) => new Help().optionDescription(flag).replace('preset: "on", ', ''),
  })
  .configureOutput({
    outputError: (text) => {
      usage += text;
    },
  });

// A command's code is loaded when it runs, so that help and usage errors appear at once.
command('serve', 'serve GraphQL over the foreign tables of a catalog').action(async (flags: ServeFlags) =>
  (await import('./serve.ts')).serve(flags),
);
command('demo', 'serve an emulated user pool: nothing to install or configure').action(
  async (flags: DemoFlags) => (await import('./demo.ts')).demo(flags),
);
command('sdl', 'print the schema').action(async (flags: SdlFlags) =>
  (await import('./sdl.ts')).printSdl(flags),
);
command('inspect', 'print what is exposed, and what is not and why').action(async (flags: InspectFlags) =>
  (await import('./inspect.ts')).inspect(flags),
);
command('share', 'print the SQL that lets gateways share their scans through Postgres').action(
  async (flags: ShareFlags) => (await import('./share.ts')).printShareSql(flags),
);
command('doctor', 'check everything that serving needs, and print commands to fix what is wrong').action(
  async (flags: DoctorFlags) => (await import('./doctor.ts')).doctor(flags),
);
command('scan', 'scan every foreign object once and print what it took').action(async (flags: ScanFlags) =>
  (await import('./scan.ts')).scan(flags),
);

/** The command that runs, and its config file, once they are known. */
let running: { readonly command: Command; readonly config: string | undefined } | undefined;

program.hook('preAction', async (_, command) => {
  const config: unknown = command.getOptionValue('config');
  running = { command, config: typeof config === 'string' ? config : undefined };
  if (running.config !== undefined) {
    const { readConfigFile } = await import('./config-file.ts');
    const known = program.commands.flatMap((each) => each.options);
    applyConfig(command, running.config, await readConfigFile(running.config), known);
  }
  refuseUseless(command);
});

// A failure while a command is serving is reported in the same format as one before.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

function command(name: keyof typeof flagsOf, description: string): Command {
  const added = program.command(name).description(description).allowExcessArguments(false);
  for (const flag of flagsOf[name]) {
    readEnvironment(flag);
    added.addOption(flag);
  }
  return added;
}

function fail(error: unknown): void {
  process.exitCode = exitCodes.failed;
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
    if (usage) reportFatal(usage.replace(/^error: /, ''), logFormat());
  } else if (error instanceof GatewayError) {
    if (error instanceof UsageError) process.exitCode = exitCodes.usage;
    const { command, config } = running ?? {};
    reportFatal(command ? withOrigins(error.message, command, config) : error.message, logFormat());
  } else {
    reportFatal('unexpected failure', logFormat(), error instanceof Error ? error.stack : String(error));
  }
}

/** The log format as far as it is known: a command may be rejected before its flags have been parsed. */
function logFormat(): 'json' | 'pretty' {
  const command = running?.command ?? program.commands.find((each) => process.argv.includes(each.name()));
  const format: unknown = command?.getOptionValue('logFormat');
  return format === 'json' ? 'json' : 'pretty';
}
