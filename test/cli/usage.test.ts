import { describe, expect, inject, test } from 'vitest';
import { run } from '../support/command.ts';
import { createDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';

/** The one line that a refusal prints. */
const lineOf = ({ stderr }: { stderr: string }) => {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.includes('Warning'));
  expect(lines).toHaveLength(1);
  return lines[0];
};

describe('wrong usage exits with 2 and one line that names the flag', () => {
  test.each([
    [['serve', '--prot', '1'], /unknown option '--prot'/],
    [['serve', '--port', 'http'], /--port <number>.*'http'.*whole number from 0 to 65535/],
    [['serve', '--max-age', '-1'], /--max-age <duration>.*'-1'.*such as 500ms, 30s, 10m or 2h/],
    [['serve', '--log-level', 'loud'], /--log-level <level>.*'loud'.*silent, error, warn, info, debug/],
    [['serve', '--parallel-scan', '3'], /--parallel-scan <chains>.*'3'.*one of 1, 2, 4/],
    [
      ['serve', '--database-url', 'postgres://x', '--catalog', 'y.sql'],
      /--database-url and --catalog cannot be combined/,
    ],
    [
      ['serve', '--catalog', 'postgres://me:hush@db/x'],
      /^(?!.*hush).*--catalog is for SQL files: give the URL of a database to --database-url/,
    ],
    [
      ['serve', '--catalog', 'y.sql', '--request-timeout', '29s'],
      /--request-timeout must not be shorter than --scan-timeout, but got 29s and 30s/,
    ],
    [['serve', '--catalog', 'y.sql', '--allow-no-cache', 'me'], /--allow-no-cache.*authenticated, all, none/],
    [['serve'], /--database-url \(DATABASE_URL\) or --catalog \(CATALOG\)/],
    [['sing'], /unknown command 'sing'/],
  ])('%s', async (args, expected) => {
    const ended = await run(args);
    expect(ended.code).toBe(2);
    expect(lineOf(ended)).toMatch(expected);
  });

  test('an environment variable is rejected like its flag', async () => {
    const ended = await run(['serve'], { PORT: 'x', DATABASE_URL: 'postgres://x' });
    expect(ended.code).toBe(2);
    expect(lineOf(ended)).toMatch(/--port <number>.*'x'.*PORT/);
  });
});

test('help lists the flags of a command by topic, and the variable of each', async () => {
  const { code, stdout } = await run(['serve', '--help']);
  expect(code).toBe(0);
  const sections = new Map(stdout.split('\n\n').map((section) => [section.split('\n', 1)[0], section]));
  expect(sections.get('Authentication:')).toMatch(/--jwks-url <url> .*FDW_GRAPHQL_JWKS_URL/);
  expect(sections.get('Limits:')).toMatch(/--max-body-bytes <number> .*bytes in a request's body/);
  expect(sections.get('Sharing scans:')).toMatch(/--lease <duration>/);
});

describe('a failure exits with 1 and one line', () => {
  test.each([
    [['inspect', '--database-url', 'postgres://u:hush@127.0.0.1:1/x'], /nothing is listening there/],
    [['inspect', '--catalog', '/no/such.sql'], /no such file or folder/],
    // Before the catalog is read, which is not there.
    [
      ['serve', '--database-url', 'postgres://u:hush@127.0.0.1:1/x', '--jwt-secret', 'short'],
      /--jwt-secret must have at least 32 bytes, but got 5/,
    ],
  ])('%s', async (args, expected) => {
    const ended = await run(args);
    expect(ended.code).toBe(1);
    expect(lineOf(ended)).toMatch(expected);
    expect(ended.stderr).not.toContain('hush');
  });

  test('a database that is not there', async () => {
    const url = new URL(inject('postgresUrl'));
    url.pathname = '/nowhere';
    expect(lineOf(await run(['sdl', '--database-url', url.href]))).toMatch(
      /database "nowhere" does not exist/,
    );
  });
});

describe('sdl and inspect', () => {
  test('print the schema and the model, and never a secret', async () => {
    const database = await createDatabase(`${cognitoServer} ${sevenColumns}`);
    const environment = { DATABASE_URL: database.url };
    const [sdl, text, json] = await Promise.all([
      run(['sdl'], environment),
      run(['inspect'], environment),
      run(['inspect', '--json'], environment),
    ]);
    const unknown = await run(['sdl', '--role', 'nobody_at_all'], environment);
    await database.drop();
    expect(sdl.stdout).toContain('usersByPk(username: String!): users');
    expect(text.stdout).toContain('cognito.users → users (object users of server cognito_server)');
    expect(text.stdout).toContain('No problems.');
    expect(JSON.parse(json.stdout)).toMatchObject({
      tables: [{ typeName: 'users', key: ['username'] }],
      problems: [],
    });
    expect([unknown.code, lineOf(unknown)]).toEqual([
      1,
      expect.stringContaining('--role: the database has no role'),
    ]);
    expect([sdl, text, json].map(({ stdout, stderr }) => stdout + stderr).join()).not.toMatch(/very-secret/);
  });
});
