import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { commandNames, commandsOf, mistakesOf, npmKnows, ownArguments } from './commands.ts';
import { type CodeBlock, codeBlocks, documents, linksOf, root, shownPartOf } from './markdown.ts';

/*
 * The code blocks of the documents are tested, or marked as an illustration:
 *
 *   ```ts test/clients/urql.ts   the part of that file between #region and #endregion, which a test of its own runs
 *   ```sql                       runs in PostgreSQL, after the preceding blocks
 *   ```graphql                   is valid for schema/schema.graphql; definitions of types at least parse
 *   ```sh                        calls existing commands and flags of this package, existing scripts of npm, and curl
 *                                such that a gateway on port 4000 answers without errors
 *   ```json                      is JSON
 *   ```sh illustration           is not tested; the text around it must make clear why
 */
const tested = ['ts', 'sql', 'graphql', 'sh', 'json', 'python'];

const blocks = documents()
  .flatMap(codeBlocks)
  .filter(({ language, info }) => tested.includes(language) && info !== 'illustration');

function blocksIn(language: string, hasPath = false): [string, CodeBlock][] {
  return blocks
    .filter((block) => block.language === language && (block.info !== '') === hasPath)
    .map((block) => [block.place, block]);
}

test('every block of a program names the file that is tested', () => {
  const unnamed = [...blocksIn('ts'), ...blocksIn('python')].map(([place]) => place);
  expect(unnamed).toEqual([]);
});

test('the README leads to every document, and no link leads nowhere', () => {
  const links = documents().flatMap((document) =>
    linksOf(document).map((target) => ({
      document,
      target: relative(root, resolve(root, dirname(document), target)),
    })),
  );
  expect(links.filter(({ target }) => !existsSync(`${root}${target}`))).toEqual([]);
  const reached = new Set(['README.md', 'CHANGELOG.md']);
  for (const document of reached) {
    for (const link of links) if (link.document === document) reached.add(link.target);
  }
  expect(documents().filter((document) => document.startsWith('docs/') && !reached.has(document))).toEqual(
    [],
  );
});

test('the README lists every command', async () => {
  const readme = await readFile(`${root}README.md`, 'utf8');
  const listed = [...readme.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual((await commandNames()).toSorted());
});

describe('code', () => {
  const named = tested.flatMap((language) => blocksIn(language, true));
  test.each(named)('%s is what its file has', (_, { info, text }) => {
    expect(existsSync(`${root}${info}`)).toBe(true);
    expect(text).toBe(shownPartOf(info));
  });
});

/** The roles that statements name; other tests may have made them meanwhile. */
const roles = ['anon', 'authenticated', 'service_role', 'support', 'gateway']
  .map((role) => `do $$ begin create role ${role}; exception when duplicate_object then null; end $$;`)
  .join('\n');

/** As much of Supabase Vault as statements name. */
const vault = `
create schema vault;
create view vault.decrypted_secrets as select null::uuid as id, null::text as name, null::text as decrypted_secret;
create function vault._crypto_aead_det_decrypt() returns text language sql return null::text;
create function vault.create_secret(new_secret text, new_name text) returns uuid language sql return null::uuid;`;

describe('SQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  test.each([...new Set(blocksIn('sql').map(([, { document }]) => document))])(
    'of %s runs',
    async (document) => {
      const own = blocksIn('sql').filter(([, block]) => block.document === document);
      const isWhole = own.some(([, { text }]) => text.includes('create foreign table cognito.users'));
      // Roles belong to the whole server, and so nothing of this stays.
      await database.client.query('begin');
      try {
        await database.client.query(roles);
        await database.client.query(vault);
        if (!isWhole) await database.client.query(`${cognitoServer} ${sevenColumns}`);
        for (const [place, { text }] of own) {
          await database.client.query(text).catch((cause: unknown) => {
            throw new Error(`${place} fails: ${cause instanceof Error ? cause.message : cause}`);
          });
        }
      } finally {
        await database.client.query('rollback');
      }
    },
  );
});

describe('GraphQL', () => {
  test.each(blocksIn('graphql'))('%s is valid', async (_, { text }) => {
    const document = parse(text);
    const operations = document.definitions.filter(
      ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
    );
    if (operations.length === 0) return;
    const schema = buildSchema(await readFile(`${root}schema/schema.graphql`, 'utf8'));
    expect(validate(schema, document)).toEqual([]);
  });
});

test('blocks of JSON are JSON', () => {
  for (const [place, { text }] of blocksIn('json')) {
    expect(() => JSON.parse(text), place).not.toThrow();
  }
});

describe('commands', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, demoUsers(60));
  });
  afterAll(() => gateway.close());

  test.each(blocksIn('sh'))('%s can be run', async (_, { text }) => {
    for (const command of commandsOf(text)) {
      const own = ownArguments(command);
      if (own) expect(await mistakesOf(own), command).toEqual([]);
      else if (command.startsWith('curl '))
        expect(await answerTo(command), command).not.toHaveProperty('errors');
      else expect([command, npmKnows(command)]).toEqual([command, true]);
    }
  });

  /** What the gateway answers to a command of curl: with `-H` its headers and with `-d` its body. */
  async function answerTo(command: string): Promise<unknown> {
    expect(command).toContain('http://127.0.0.1:4000/graphql');
    const headers = Array.from(
      command.matchAll(/ -H '([^:']+): ([^']*)'/g),
      ({ 1: name = '', 2: value = '' }) => [name, value],
    );
    const [, body] = / -d '([^']*)'/.exec(command) ?? [];
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: Object.fromEntries(headers),
      ...(body !== undefined && { body }),
    });
    return response.json();
  }
});
