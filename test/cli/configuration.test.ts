import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfigFile } from '../../src/cli/config-file.ts';
import {
  applyConfig,
  readEnvironment,
  refuseUseless,
  withOrigins,
} from '../../src/cli/flags/configuration.ts';
import { duration, list, number, onOff, text } from '../../src/cli/flags/flag.ts';
import {
  demoFlags,
  doctorFlags,
  inspectFlags,
  scanFlags,
  sdlFlags,
  serveFlags,
  shareFlags,
} from '../../src/cli/flags/flags.ts';
import { secretOf } from '../../src/cli/flags/secret-file.ts';

/** A command with flags of every kind, run with these arguments and variables. */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const flags = [
    number('--port <number>', 'where', 0, 65_535).default(4000),
    duration('--max-age <duration>', 'how long').default(60_000),
    list('--schemas <names>', 'which'),
    onOff('--warm [on|off]', 'whether').default(false),
    text('--snapshot-key <key>', 'the key'),
    text('--snapshot-dir <folder>', 'the folder'),
  ];
  const command = new Command('serve').exitOverride().configureOutput({ outputError: () => {} });
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  for (const flag of flags) {
    readEnvironment(flag);
    command.addOption(flag);
  }
  command.parse(args, { from: 'user' });
  return { command, flags };
}

afterEach(() => vi.unstubAllEnvs());

describe('a flag has its value from', () => {
  test('the command line, else its own variable, else the short one, else the file, else its default', () => {
    const config = { port: 5, maxAge: '5m', schemas: ['a', 'b'], warm: true };
    const { command, flags } = run(['--port', '1'], {
      FDW_GRAPHQL_MAX_AGE: '500ms',
      MAX_AGE: '1s',
      WARM: 'off',
    });
    applyConfig(command, 'file.json', config, flags);
    expect(command.opts()).toEqual({ port: 1, maxAge: 500, schemas: ['a', 'b'], warm: false });
  });

  test('a file in which numbers and texts mean the same', () => {
    const { command, flags } = run([]);
    applyConfig(command, 'file.json', { port: '5', maxAge: 90 }, flags);
    expect(command.opts()).toMatchObject({ port: 5, maxAge: 90_000 });
  });
});

describe('a config file is refused', () => {
  test.each([
    ['with a misspelt key', { maxage: 1 }, 'file.json: "maxage" is not a flag; did you mean "maxAge"?'],
    ['with a key of nothing', { colour: 1 }, 'file.json: "colour" is not a flag'],
    ['with a value out of range', { port: 70_000 }, /file\.json: port .* whole number from 0 to 65535/],
    ['with a duration that is none', { maxAge: 'soon' }, /file\.json: maxAge .* such as 500ms/],
    ['with an object for a value', { port: {} }, /file\.json: port/],
  ])('%s', (_, config, message) => {
    const { command, flags } = run([]);
    expect(() => applyConfig(command, 'file.json', config, flags)).toThrow(message);
  });
});

test('a message names the source of each flag value', () => {
  const { command, flags } = run(['--port', '1'], { FDW_GRAPHQL_SNAPSHOT_KEY: 'x' });
  applyConfig(command, 'file.json', { schemas: ['a'] }, flags);
  expect(withOrigins('--port, --snapshot-key, --schemas and --max-age', command, 'file.json')).toBe(
    '--port, --snapshot-key (from FDW_GRAPHQL_SNAPSHOT_KEY), --schemas (from file.json) and --max-age',
  );
});

test('a flag that has no effect without another is refused', () => {
  expect(() => refuseUseless(run(['--snapshot-key', 'x']).command)).toThrow(
    '--snapshot-key has no effect without --snapshot-dir',
  );
  expect(() => refuseUseless(run(['--snapshot-key', 'x', '--snapshot-dir', 'y']).command)).not.toThrow();
});

test('every flag is declared under the name of its value', () => {
  const all = [serveFlags, demoFlags, sdlFlags, inspectFlags, shareFlags, doctorFlags, scanFlags];
  for (const flags of all) {
    for (const [name, flag] of Object.entries(flags)) expect(flag.attributeName()).toBe(name);
  }
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fdw-graphql-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const write = async (name: string, content: string) => {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  };

  test.each([
    ['config.json', '{"port": 5}'],
    [
      'config.ts',
      `import { defineConfig } from 'fdw-graphql/config';
      const port: number = 5;
      export default defineConfig({ port });`,
    ],
    ['config.mjs', 'export default { port: 5, schemas: undefined };'],
  ])('%s contains flags', async (name, content) => {
    expect(await readConfigFile(await write(name, content))).toEqual({ port: 5 });
  });

  test.each([
    ['broken.json', '{"port": 5', /is not JSON/],
    ['list.json', '[]', /must contain an object/],
    ['broken.ts', 'export default {', /cannot be loaded/],
    ['throwing.mjs', 'throw new Error("no luck");', /cannot be loaded: no luck/],
  ])('%s is refused in one line', async (name, content, message) => {
    const refusal = readConfigFile(await write(name, content));
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.not.toThrow('\n');
  });

  test('a config file that is not there is named', async () => {
    await expect(readConfigFile(join(folder, 'none.json'))).rejects.toThrow(
      'none.json cannot be read (--config)',
    );
  });

  test('a secret is the content of a file without the line break at its end', async () => {
    const file = await write('secret', 'hush hush \n');
    expect(await secretOf('--jwt-secret', undefined, file)).toBe('hush hush ');
    expect(await secretOf('--jwt-secret', 'plain', undefined)).toBe('plain');
    await expect(secretOf('--jwt-secret', 'plain', file)).rejects.toThrow(
      '--jwt-secret and --jwt-secret-file cannot be combined',
    );
    await expect(secretOf('--jwt-secret', undefined, await write('empty', '\n'))).rejects.toThrow('is empty');
    await expect(secretOf('--jwt-secret', undefined, join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
});
