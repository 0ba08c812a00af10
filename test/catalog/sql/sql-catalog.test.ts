import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { SqlLocation } from '../../../src/catalog/location.ts';
import { openSqlCatalog } from '../../../src/catalog/sql/sql-catalog.ts';
import type { CatalogDefinition } from '../../../src/model/definition.ts';
import { cognitoServer, sevenColumns } from '../../support/definitions.ts';

// The first database that is made takes long.
vi.setConfig({ testTimeout: 120_000 });

const fileAt = (name: string) => new URL(`files/${name}`, import.meta.url).pathname;

async function read(location: SqlLocation): Promise<CatalogDefinition> {
  const catalog = await openSqlCatalog(location);
  await catalog.close();
  return catalog.readDefinition();
}

const refusal = (location: SqlLocation) =>
  read(location).then(
    () => 'nothing is refused',
    (error: Error) => error.message,
  );

/** The columns of `cognito.users` that each role may read, for those that may read any. */
function readersOf({ roles }: CatalogDefinition): Record<string, number> {
  return Object.fromEntries(
    roles.flatMap(({ role, readable }) => {
      const columns = readable.get('cognito')?.get('users');
      return columns && !role.startsWith('pg_') ? [[role, columns.size]] : [];
    }),
  );
}

const skippedOf = ({ skipped }: CatalogDefinition) => skipped?.statements.map(({ statement }) => statement);

async function saved(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'sql-')), name);
  await writeFile(file, content);
  return file;
}

/** A directive with policies and other settings. */
const directiveWith = (settings: object) =>
  `@graphql(${JSON.stringify({ ...settings, policies: { anon: { filter: {} } } })})`;

const allColumns = 7;

describe('a catalog of SQL', () => {
  test('may be the output of pg_dump, with rows, owners and everything else', async () => {
    const definition = await read({ files: [fileAt('pg_dump-15.sql')] });
    const [users] = definition.tables;
    expect(users?.columns.map(({ name, type }) => `${name} ${type.name}`)).toEqual([
      'username text',
      'email citext',
      'status text',
      'enabled bool',
      'created_at timestamp',
      'updated_at timestamp',
      'attributes jsonb',
      'plan plan',
      'id uuid',
    ]);
    expect(users?.comment).toBe('Who signs in; it\'s "all" of them.\n@graphql({"name": "CognitoUser"})');
    expect(definition.servers.map(({ wrapper }) => wrapper.handler)).toEqual([
      'cognito_fdw_handler',
      'postgres_fdw_handler',
    ]);
    expect(readersOf(definition)).toEqual({ anon: 2, authenticated: 9, owner_of_it: 9, postgres: 9 });
    expect(skippedOf(definition)).toEqual([
      '\\connect',
      'COPY auth.users',
      'COPY public.todos',
      'REFRESH MATERIALIZED VIEW public.counts',
    ]);
  });

  test('may be a folder of migrations of a Supabase database', async () => {
    const catalog = await openSqlCatalog({ files: [fileAt('migrations')] });
    const definition = await catalog.readDefinition();
    const reference = definition.servers[0]?.options.get('api_key_id') ?? '';
    expect(await catalog.readSecret(reference)).toBe('abc');
    expect(await catalog.readSecret('other_secret')).toBe('def');
    await expect(catalog.readSecret('third_secret')).rejects.toThrow('there is no secret "third_secret"');
    await catalog.close();
    expect(definition.tables.map(({ comment }) => comment)).toEqual(['@graphql({"name": "CognitoUser"})']);
    expect(readersOf(definition)).toEqual({
      anon: 1,
      authenticated: allColumns,
      postgres: allColumns,
      service_role: allColumns,
    });
    expect(skippedOf(definition)).toEqual([
      'create table public.profiles',
      'alter table public.profiles enable row level security',
      'create policy "own" on public.profiles for select to authenticated using',
      'create trigger on_signup after insert on auth.users for each row execute functi…',
      'select cron.schedule',
      'comment on foreign table cognito.users is null',
    ]);
  });

  test('is read once, and remembered', async () => {
    const sql = `${cognitoServer} select vault.create_secret('hush', 'a');
      do $$ begin execute format('create schema %I', (select id from vault.secrets)); end $$;
      do $$ begin execute format('create foreign table %I.t () server cognito_server', (select id from vault.secrets)); end $$;`;
    const [first, second] = [await read({ sql }), await read({ sql })];
    expect(first.tables).toHaveLength(1);
    // The identifier is random.
    expect(second).toEqual(first);
  });

  test('adds options to servers that are only known at run time', async () => {
    const definition = await read({
      sql: cognitoServer,
      serverOptions: new Map([['endpoint_url', 'http://a']]),
    });
    expect(definition.servers[0]?.options.get('endpoint_url')).toBe('http://a');
  });

  test('keeps no settings of its scripts', async () => {
    const definition = await read({
      files: [
        await saved(
          '1.sql',
          `${cognitoServer} ${sevenColumns} create role reader; create role writer;
          grant usage on schema cognito to reader;
          set search_path = cognito; set client_encoding = 'LATIN1'; set names 'LATIN1';
          select set_config('client_encoding', 'LATIN1', false);
          comment on foreign table users is 'für alle';
          set session authorization writer;
          create foreign table mine (username text) server cognito_server options (object 'users');
          set role reader; begin; drop foreign table users;`,
        ),
        await saved('2.sql', 'create foreign table public.last () server cognito_server'),
      ],
    });
    expect(definition.tables.map(({ name }) => name)).toEqual(['mine', 'users', 'last']);
    expect(definition.tables[1]?.comment).toBe('für alle');
    expect(definition.loginRole).toBe('postgres');
    const reads = (role: string) =>
      definition.roles.find((candidate) => candidate.role === role)?.readable.get('cognito');
    expect(reads('reader')).toBeUndefined();
    expect([...(reads('postgres') ?? [])]).toHaveLength(2);
  });

  test('may act as roles that Postgres reserves, as dumps with session authorizations do', async () => {
    const definition = await read({
      sql: `set session authorization pg_database_owner; grant usage on schema public to reader;
        set session authorization default; ${cognitoServer} ${sevenColumns}
        set role pg_monitor; select 1; reset role;`,
    });
    expect(definition.tables).toHaveLength(1);
    expect(skippedOf(definition)).toEqual([]);
  });

  test('knows the members of roles, whoever granted the membership', async () => {
    const definition = await read({
      sql: `${cognitoServer} ${sevenColumns} create role hoster superuser;
        grant usage on schema cognito to authenticated; grant select on cognito.users to authenticated;
        grant authenticated to "some member" with inherit true granted by hoster;
        grant authenticated to other GRANTED BY "hoster" ;`,
    });
    expect(readersOf(definition)).toMatchObject({ 'some member': allColumns, other: allColumns });
    expect(skippedOf(definition)).toEqual([]);
  });

  test('tells on one line why a statement was skipped', async () => {
    const definition = await read({
      sql: `create subscription s connection 'dbname=x' publication p with (connect = false);`,
    });
    const [subscription] = definition.skipped?.statements ?? [];
    expect(subscription?.reason).toMatch(/^could not load library [^\n]*$/);
  });

  test('has no encrypted secrets of a dump until they are set again', async () => {
    const id = '0b8b2c4e-11a5-4c0c-9a3f-000000000001';
    const dumped = `create extension supabase_vault;
      insert into vault.secrets values ('${id}', 'key', '', 'Y2lwaGVy', null, '\\x01', now(), now());`;
    const secretOf = async (sql: string) => {
      const catalog = await openSqlCatalog({ sql });
      await catalog.close();
      return catalog.readSecret('key');
    };
    await expect(secretOf(dumped)).rejects.toThrow(
      'the secret "key" is encrypted in the SQL: set it again with vault.update_secret',
    );
    expect(await secretOf(`${dumped} select vault.update_secret('${id}', 'plain');`)).toBe('plain');
    await expect(secretOf('create extension supabase_vault')).rejects.toThrow(
      'there is no secret "key" in the SQL: pg_dump does not write secrets in plain text, so add them',
    );
  });

  test.each([
    ['LATIN9', '\xa4', '€'],
    ['WIN1250', '\xb9', 'ą'],
    ['EUC_JP', '\xc6\xfc', '日'],
    ['ISO_8859_5', '\xd6', 'ж'],
    ['KOI8R', '\xd6', 'ж'],
  ])('is in the encoding that it sets where that is not UTF-8: %s', async (encoding, bytes, text) => {
    const sql = `set client_encoding = '${encoding}'; ${cognitoServer} ${sevenColumns} comment on schema cognito is '${bytes}';`;
    const definition = await read({ files: [await saved('encoded.sql', Buffer.from(sql, 'latin1'))] });
    expect(definition.schemas[0]?.comment).toBe(text);
  });

  test('may begin with a byte order mark, and have lines of Windows', async () => {
    const sql = `\ufeff${cognitoServer}${sevenColumns}`.replaceAll('\n', '\r\n');
    const definition = await read({ files: [await saved('windows.sql', sql)] });
    expect(definition.tables).toHaveLength(1);
  });

  test('loses nothing of a transaction to a statement that fails in it', async () => {
    const definition = await read({
      sql: `begin; ${cognitoServer} select nothing(); ${sevenColumns} selekt 1; savepoint a;
        comment on schema cognito is 'gone'; rollback to a; commit; begin; drop schema cognito cascade; rollback;`,
    });
    expect(definition.tables).toHaveLength(1);
    expect(definition.schemas).toEqual([{ name: 'cognito', comment: undefined }]);
    expect(skippedOf(definition)).toEqual(['select nothing', 'selekt 1']);
  });
});

describe('objects of hosted databases that files rely on', () => {
  test('is recognised by its name, even in blocks of code', async () => {
    const definition = await read({
      sql: `do $$ begin
          create foreign data wrapper cognito_wrapper handler cognito_fdw_handler validator cognito_fdw_validator;
          exception when duplicate_object then null; end $$;
        create foreign data wrapper stripe_wrapper handler stripe_fdw_handler validator stripe_fdw_validator;
        create server cognito_server foreign data wrapper cognito_wrapper;
        create server stripe foreign data wrapper stripe_wrapper options (api_key 'x');
        import foreign schema stripe from server stripe into public;
        create foreign table public.members (id extensions.citext) server cognito_server;
        alter foreign table public.members owner to "some owner";
        grant anon to authenticator;`,
    });
    expect(definition.servers.map(({ wrapper }) => wrapper.handler)).toEqual([
      'cognito_fdw_handler',
      'stripe_fdw_handler',
    ]);
    expect(definition.tables[0]?.columns[0]?.type.name).toBe('citext');
    expect(definition.roles.map(({ role }) => role)).toEqual(
      expect.arrayContaining(['anon', 'authenticator', 'some owner']),
    );
    expect(skippedOf(definition)).toEqual(['import foreign schema stripe from server stripe into public']);
  });

  test('has the types and wrappers of extensions that an embedded Postgres lacks', async () => {
    const definition = await read({
      sql: `create extension postgis with schema gis; create extension multicorn;
        create server remote foreign data wrapper multicorn;
        create foreign table places (
          at gis.geometry(Point, 4326), meaning extensions.vector(3), others vector[], name citext
        ) server remote;`,
    });
    expect(definition.tables[0]?.columns.map(({ type }) => [type.schema, type.name, type.array])).toEqual([
      ['gis', 'geometry', false],
      ['extensions', 'vector', false],
      ['extensions', 'vector', true],
      ['extensions', 'citext', false],
    ]);
    expect(skippedOf(definition)).toEqual([]);
  });

  test('is found by blocks of code that look for it first', async () => {
    const definition = await read({
      sql: `do $$ begin create extension if not exists wrappers with schema extensions; end $$;
        comment on extension wrappers is 'Foreign data wrappers';
        do $$ begin
          if exists (select from pg_proc where proname = 'cognito_fdw_handler')
            and exists (select from pg_extension where extname = 'wrappers') then
            create foreign data wrapper cognito handler extensions.cognito_fdw_handler validator cognito_fdw_validator;
          end if;
          exception when others then raise notice 'no wrappers: %', sqlerrm;
        end $$;
        create server cognito_server foreign data wrapper cognito options (region 'us-east-1');
        drop extension if exists supabase_vault; create extension supabase_vault; create extension supabase_vault;`,
    });
    expect(definition.servers.map(({ wrapper }) => wrapper.handler)).toEqual(['cognito_fdw_handler']);
    expect(skippedOf(definition)).toEqual([]);
  });
});

describe('a statement that the catalog needs and that fails', () => {
  test('is reported with its file, its line and its beginning, without values', async () => {
    const file = await saved(
      'broken.sql',
      `${cognitoServer} ${sevenColumns}
create server
  other foreign data wrapper missing options (aws_secret_access_key 'very-secret');
create foreign table cognito.more (a nosuchtype) server cognito_server;
grant select (nothing) on cognito.users to anon;
comment on column cognito.users.nothing is 'x';
insert into vault.secrets (id, secret) values ('very-secret', 'very-secret');
grant select on public.unrelated to anon;`,
    );
    const message = await refusal({ files: [file] });
    expect(message.split('; ')).toEqual([
      `${file}:11: create server other foreign data wrapper missing options: foreign-data wrapper "missing" does not exist`,
      `${file}:13: create foreign table cognito.more: type "nosuchtype" does not exist`,
      `${file}:14: grant select: column "nothing" of relation "users" does not exist`,
      `${file}:15: comment on column cognito.users.nothing is: column "nothing" of relation "cognito.users" does not exist`,
      `${file}:16: insert into vault.secrets: a value is not valid (SQLSTATE 22P02)`,
    ]);
  });

  const policies = '@graphql({"policies": {"anon": {"filter": {"username": {"eq": "jan"}}}}})';
  const long = 'x'.repeat(2 * 1024 * 1024);

  test('includes whatever could have restricted who sees rows', async () => {
    const failing = [
      `comment on foreign table cognito.user is '${policies}'`,
      `comment on view cognito.nothing is '${policies}'`,
      `comment on domain cognito.nothing is 'policies: {anon: {filter: {}}}'`,
      `comment on foreign table cognito.users is ${long}`,
      `comment /* ${'of this '.repeat(50)} */ on table public.x iss 'x'`,
      'revoke select on cognito.user from anon',
      'revoke usage on schema cognit from anon',
      'revoke select on all tables in schema cognit from anon',
      'revoke select (nothing) on cognito.shown from anon',
      `do $$ begin perform missing(); comment on foreign table cognito.users is '${policies}'; end $$`,
      `do $$ begin perform missing(); revoke select on cognito.users from anon; end $$`,
      `create function f() returns missing language sql as $$ comment on foreign table cognito.users is '${policies}' $$`,
      `select missing('revoke select on cognito.users from anon')`,
    ];
    const sql = `${cognitoServer} ${sevenColumns}
create view cognito.shown as select username from cognito.users;\n`;
    // A message lists five failures.
    for (let i = 0; i < failing.length; i += 5) {
      const some = failing.slice(i, i + 5);
      const message = await refusal({ sql: sql + some.map((statement) => `${statement};\n`).join('') });
      expect([...message.matchAll(/the SQL:\d+: (\w+)/g)].map(([, word]) => word)).toEqual(
        some.map((statement) => statement.split(' ', 1)[0]),
      );
    }
    expect(
      await refusal({ sql: `${sql} select 'revoke select on cognito.users from anon' \\gexec` }),
    ).toContain('gexec');
  });

  test('includes nothing that only concerns other objects', async () => {
    const definition = await read({
      sql: `${cognitoServer} ${sevenColumns}
        revoke all on public.todos from anon;
        revoke all on schema private from anon;
        revoke execute on function public.nothing() from anon;
        comment on table public.todos is 'Our privacy policy applies.';
        comment on policy "own rows" on public.todos is 'Policy: own rows only';
        create policy "own rows" on public.todos using (true);
        do $$ begin revoke execute on function public.nothing() from anon; end $$;
        do $$ begin comment on table public.todos is 'Todos'; end $$;`,
    });
    expect(skippedOf(definition)).toHaveLength(8);
  });

  test('does not include a long one: it is run, unless it only writes rows', async () => {
    const comment = `${directiveWith({ description: long })}`;
    const definition = await read({
      sql: `${cognitoServer} ${sevenColumns}
        comment on foreign table cognito.users is '${comment}';
        insert into public.todos values ('comment on policies: revoke ${long}');`,
    });
    expect(definition.tables[0]?.comment).toBe(comment);
    expect(skippedOf(definition)).toEqual(['insert into public.todos values']);
  });

  test('is reported if it cannot be parsed, without the value next to the error', async () => {
    const told = async (statement: string) =>
      (await refusal({ sql: `${cognitoServer}\n${statement}` })).replace(/^the SQL:\d+: /, '');
    expect(await told("alter server cognito_server options (add a 'very-secret);")).toBe(
      'alter server cognito_server options: unterminated quoted string',
    );
    expect(await told("alter server cognito_server options (set a 'x' 'very-secret');")).toBe(
      'alter server cognito_server options: syntax error',
    );
    expect(await told('alter server cognito_server options (set a very_secret);')).toBe(
      'alter server cognito_server options: syntax error',
    );
    expect(await told('create foreign tabel users () server s;')).toBe(
      'create foreign tabel users: syntax error at or near "tabel"',
    );
  });

  test.each([
    ['UTF-16', Buffer.from('\ufeffselect 1', 'utf16le'), 'is UTF-16; save it as UTF-8'],
    ['UTF-16 without a mark', Buffer.from('select 1', 'utf16le'), 'is not text: byte 1 is zero'],
    [
      'an archive',
      Buffer.from('PGDMP\x01\x0e\0'),
      "is pg_dump's custom format; turn it into SQL with: pg_restore -f - ",
    ],
    [
      'a tar',
      Buffer.from(`toc.dat${'\0'.repeat(93)}`),
      "is pg_dump's tar format; turn it into SQL with: pg_restore",
    ],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0]), 'is compressed'],
    [
      'of no known encoding',
      Buffer.from([0x2d, 0x2d, 0xff]),
      'is neither UTF-8 nor does it set client_encoding',
    ],
  ])('a file that is %s is refused by its name', async (_, content, why) => {
    const file = await saved('other.sql', content);
    expect(await refusal({ files: [file] })).toContain(`${file} ${why}`);
  });

  test("a folder in pg_dump's directory format is refused", async () => {
    const folder = dirname(await saved('toc.dat', 'PGDMP'));
    expect(await refusal({ files: [folder] })).toBe(
      `${folder} is pg_dump's directory format; turn it into SQL with: pg_restore -f - ${folder} > catalog.sql`,
    );
  });

  test('a folder without SQL is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'empty-'));
    expect(await refusal({ files: [folder] })).toBe(`--catalog: the folder ${folder} contains no .sql files`);
  });
});
