import { expect, test } from 'vitest';
import type { CatalogDefinition, ServerDefinition } from '../../src/model/definition.ts';
import type { Dialect } from '../../src/model/dialect.ts';
import type { ForeignObject } from '../../src/model/model.ts';
import { failure, success } from '../../src/model/result.ts';
import type { SourceKind } from '../../src/source/kind.ts';
import { openServers } from '../../src/source/servers.ts';
import type { Source } from '../../src/source/source.ts';
import { sampleTable } from '../rows/sample-table.ts';

test('a server belongs to the first kind that recognises it', async () => {
  const special = fakeKind('special', (server) => server.wrapper.name === 'special');
  const general = fakeKind('general', () => true);
  const servers = await openServers(catalog('special', 'other'), [special, general]);
  expect(servers.dialectOf('special')).toEqual(success(special.dialect));
  expect(servers.dialectOf('other')).toEqual(success(general.dialect));
});

test('a server of no kind says so', async () => {
  const servers = await openServers(catalog('other'), [fakeKind('special', () => false)]);
  expect(servers.dialectOf('other')).toEqual(
    failure({
      reason: 'the foreign-data wrapper other of its server other is not supported',
      hint: 'leave its schema out with --schemas, or use a wrapper that is supported: special_wrapper',
    }),
  );
});

test('a misspelt wrapper gets a suggestion', async () => {
  const servers = await openServers(catalog('specail_wraper'), [fakeKind('special', () => false)]);
  expect(servers.dialectOf('specail_wraper')).toMatchObject({
    error: { hint: 'did you mean special_wrapper?' },
  });
});

test('a misspelt option of a server is a problem, an unknown one is not', async () => {
  const { servers, ...rest } = catalog('good');
  const options = new Map([
    ['hots', 'x'],
    ['colour', 'y'],
  ]);
  const opened = await openServers({ servers: servers.map((server) => ({ ...server, options })), ...rest }, [
    fakeKind('kind', () => true),
  ]);
  expect(opened.problems).toEqual([
    {
      object: 'server good',
      reason: 'its option hots is unknown and has no effect',
      hint: 'did you mean host?',
    },
  ]);
});

test('a server that its kind refuses says why, and the others are of use', async () => {
  const why = failure({ reason: 'it is shut', hint: 'open it' });
  const kind: SourceKind = {
    ...fakeKind('kind', () => true),
    open: async ({ name }) => (name === 'bad' ? why : success({ connect: () => source })),
  };
  const servers = await openServers(catalog('bad', 'good'), [kind]);
  expect(servers.dialectOf('bad')).toEqual(why);
  expect(servers.dialectOf('good')).toEqual(success(kind.dialect));
});

test('a source is made for an object with all the tables that show it', async () => {
  const asked: ForeignObject[] = [];
  const kind: SourceKind = {
    ...fakeKind('kind', () => true),
    open: async () =>
      success({
        connect: (object) => {
          asked.push(object);
          return source;
        },
      }),
  };
  const servers = await openServers(catalog('good'), [kind]);
  const object: ForeignObject = { server: 'good', object: 'things', tables: [sampleTable(true)] };
  expect(servers.connect(object)).toBe(source);
  expect(asked).toEqual([object]);
});

const source: Source = {
  fields: [],
  async *scan() {},
  close() {},
};

function fakeKind(name: string, recognises: SourceKind['recognises']): SourceKind {
  const dialect: Dialect = {
    objectOf: () => success(name),
    originOf: (column) => success({ kind: 'field', field: column.name }),
    formOf: () => undefined,
    tableOptions: new Map(),
    columnOptions: new Map(),
    readBy: 'gateway',
    defaultKeys: [],
    isAlwaysPresent: () => false,
  };
  return {
    name,
    dialect,
    serverOptions: new Map([['host', 'Where it is.']]),
    wrapperNames: [`${name}_wrapper`],
    recognises,
    open: async () => success({ connect: () => source }),
  };
}

/** A catalog with servers whose wrappers are named like them. */
function catalog(...names: readonly string[]): CatalogDefinition {
  const servers: ServerDefinition[] = names.map((name) => ({
    name,
    comment: undefined,
    options: new Map(),
    wrapper: { name, handler: undefined, options: new Map() },
  }));
  return { loginRole: 'postgres', schemas: [], servers, tables: [], views: [], roles: [] };
}
