import { readFile } from 'node:fs/promises';
import * as apollo from '@apollo/composition';
import * as guild from '@theguild/federation-composition';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ordersSdl } from '../../examples/federation/orders.ts';
import { cognitoServer, sevenColumns, twoColumns } from '../support/definitions.ts';
import { federation2, legacySdl, rivalSdl, subgraphOf } from './subgraphs.ts';

type Subgraphs = Readonly<Record<string, string>>;

/** What is wrong with the composition of the subgraphs; nothing where it succeeds. */
type Compose = (subgraphs: Subgraphs) => readonly string[];

const composers: readonly (readonly [string, Compose])[] = [
  ['@theguild/federation-composition', (subgraphs) => messages(guild.composeServices(services(subgraphs)))],
  ['@apollo/composition', (subgraphs) => messages(apollo.composeServices(services(subgraphs)))],
];

function services(subgraphs: Subgraphs) {
  return Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: `http://${name}.example/graphql`,
    typeDefs: parse(sdl),
  }));
}

function messages({ errors }: { readonly errors?: readonly { readonly message: string }[] | undefined }) {
  return (errors ?? []).map(({ message }) => message);
}

const users = await readFile(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');

describe.each(composers)('%s composes the subgraph', (_name, compose) => {
  test('alone', () => {
    expect(compose({ users })).toEqual([]);
  });

  test('beside one that refers to its types and extends them', () => {
    expect(compose({ users, orders: ordersSdl })).toEqual([]);
  });

  test('beside one that has the names of filters, orders, scalars, PageInfo and Node for itself', () => {
    expect(compose({ users, rival: rivalSdl })).toEqual([]);
    expect(compose({ rival: rivalSdl, users })).toEqual([]);
  });

  test('beside one of the first version of federation', () => {
    expect(compose({ users, legacy: legacySdl })).toEqual([]);
  });

  test('beside all of them at once', () => {
    expect(compose({ users, orders: ordersSdl, rival: rivalSdl, legacy: legacySdl })).toEqual([]);
  });

  test('beside another gateway with tables of other names', async () => {
    const other = await subgraphOf(`${cognitoServer} ${sevenColumns} ${twoColumns}`);
    expect(compose({ users, other })).toEqual([]);
  });

  test('with another gateway, if neither has a table', async () => {
    const nothing = await subgraphOf('');
    expect(compose({ one: nothing, other: nothing })).toEqual([]);
    expect(compose({ users, nothing })).toEqual([]);
  });

  test('with keys of several columns, of a list, and with no key', async () => {
    const tables = await subgraphOf(`${cognitoServer}
      create foreign table public.seats (sub uuid, tenant text options (attribute 'custom:tenant'))
        server cognito_server options (object 'users');
      comment on foreign table public.seats is '@graphql({"primary_key_columns": ["tenant", "sub"]})';
      create foreign table public.labelled (labels text[] options (attribute 'custom:labels'))
        server cognito_server options (object 'users');
      comment on foreign table public.labelled is '@graphql({"primary_key_columns": ["labels"]})';
      create foreign table public.keyless (email text) server cognito_server options (object 'users');`);
    expect(tables).toContain('type seats @key(fields: "tenant sub") @key(fields: "nodeId") {');
    expect(tables).toContain('type labelled @key(fields: "nodeId") {');
    expect(tables).toContain('type keyless {');
    expect(compose({ tables })).toEqual([]);
    const visits = `${federation2}
      type Query { visits: [Visit!]! }
      type Visit { by: seats! }
      type seats @key(fields: "sub tenant", resolvable: false) { sub: UUID! tenant: String }
      scalar UUID`;
    expect(compose({ tables, visits })).toEqual([]);
  });

  test('and fails with a reason if another subgraph has its own type of the same name', () => {
    const impostor = `${federation2}
      type Query { x: Int }
      type CognitoUser @key(fields: "username") { username: String! email: String }`;
    expect(compose({ users, impostor })).toEqual([expect.stringContaining('CognitoUser.email')]);
  });
});

describe('the names of a subgraph', () => {
  test('a table whose names another table needs is a problem, not a crash', async () => {
    const sdl = await subgraphOf(`${cognitoServer}
      create foreign table public.a (username text) server cognito_server options (object 'users');
      create foreign table public."aID" (username text) server cognito_server options (object 'users');
      create foreign table public."aString" (username text) server cognito_server options (object 'users');`);
    expect(sdl).toContain('type a @key');
    expect(sdl).not.toContain('type aID');
    expect(sdl).not.toContain('type aString');
  });

  test('no type but those of the tables, PageInfo and scalars is left without a prefix', async () => {
    const names = parse(users).definitions.flatMap((definition) =>
      'name' in definition && definition.kind !== 'ScalarTypeDefinition'
        ? [definition.name?.value ?? '']
        : [],
    );
    const unprefixed = names.filter((name) => !/^(CognitoUser|Member)/.test(name));
    expect(unprefixed.toSorted()).toEqual(['PageInfo', 'Query']);
  });

  test('the subgraph of a role contains what it may read', async () => {
    const definitions = `${cognitoServer} ${sevenColumns} grant usage on schema cognito to public;`;
    const withKey = await subgraphOf(
      `${definitions} grant select (username, email) on cognito.users to public;`,
      'pg_monitor',
    );
    expect(withKey).toContain('type users @key(fields: "username") @key(fields: "nodeId") {');
    expect(withKey).not.toContain('status');
    const withoutKey = await subgraphOf(
      `${definitions} grant select (email) on cognito.users to public;`,
      'pg_monitor',
    );
    expect(withoutKey).toContain('type users {');
    expect(withoutKey).not.toMatch(/username|nodeId|ByPk/);
  });
});
