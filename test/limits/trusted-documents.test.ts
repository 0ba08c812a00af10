import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTrustedDocuments } from '../../src/limits/trusted-documents.ts';
import { post, type SmallGateway, startSmallGateway } from './small-gateway.ts';

let directory: string;
let gateway: SmallGateway;
let lenient: SmallGateway;

const query = 'query User($id: ID!) { user(id: $id) { name } }';
const ada = { data: { user: { name: 'Ada' } } };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trusted-documents-'));
  const documents = await load({ abc: query });
  const start = (allowArbitraryOperations: boolean) =>
    startSmallGateway({ trustedDocuments: { documents, allowArbitraryOperations } });
  gateway = await start(false);
  lenient = await start(true);
});

afterAll(async () => {
  await gateway.close();
  await lenient.close();
  await rm(directory, { recursive: true });
});

async function load(content: unknown) {
  const file = join(directory, 'documents.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadTrustedDocuments(file);
}

describe('a file of trusted documents', () => {
  test('is an object of documents by id', async () => {
    expect([...(await load({ abc: query, def: '{ slow }' })).keys()]).toEqual(['abc', 'def']);
  });

  test("is Apollo's persisted query manifest", async () => {
    const documents = await load({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'abc', name: 'User', type: 'query', body: query }],
    });
    expect(documents.get('abc')).toBe(query);
  });

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'a JSON file, but got something else'],
    ['a list', [query], 'a persisted query manifest or an object of documents by id, but got something else'],
    ['an object of other things', { abc: 1 }, 'an object of documents by id, but got something else'],
    [
      'a manifest of another version',
      { format: 'apollo-persisted-query-manifest', version: 2, operations: [] },
      'a persisted query manifest or',
    ],
    [
      'a manifest of other things',
      { format: 'apollo-persisted-query-manifest', version: 1, operations: [{}] },
      'a persisted query manifest or',
    ],
    [
      'a document that is not GraphQL',
      { abc: 'query {' },
      'a file of GraphQL documents, but got something else under "abc"',
    ],
  ])('is refused where it is %s', async (_case, content, message) => {
    await expect(load(content)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/^--persisted-operations must name [^\n]+ in "[^\n]+documents\.json"$/),
    });
    await expect(load(content)).rejects.toThrow(message);
  });

  test('is rejected if it is missing', async () => {
    await expect(loadTrustedDocuments('/nowhere.json')).rejects.toThrow(
      '--persisted-operations must name a file that can be read, but got ENOENT in "/nowhere.json"',
    );
  });
});

describe('a request', () => {
  const variables = { id: 1 };

  test.each<[string, Record<string, unknown>]>([
    ['documentId', { documentId: 'abc', variables }],
    [
      'the hash of a persisted query',
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } }, variables },
    ],
  ])('that names a trusted document by %s is answered', async (_case, body) => {
    await expect(post(gateway.url, JSON.stringify(body))).resolves.toMatchObject(ada);
    await expect(post(lenient.url, JSON.stringify(body))).resolves.toMatchObject(ada);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['brings a document', { query, variables }, 'PERSISTED_QUERY_ONLY'],
    ['brings a document beside an id', { query: '{ slow }', documentId: 'abc' }, 'PERSISTED_QUERY_ONLY'],
    ['names another document', { documentId: 'xyz' }, 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['names what every object has', { documentId: 'constructor' }, 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['names none', { variables }, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['names one that is no text', { documentId: 7 }, 'BAD_REQUEST'],
  ])('that %s is refused', async (_case, body, code) => {
    await expect(post(gateway.url, JSON.stringify(body))).resolves.toMatchObject({
      status: 400,
      errors: [{ extensions: { code } }],
    });
  });

  test('with its own document is answered if any may be executed', async () => {
    await expect(lenient.ask(query, variables)).resolves.toMatchObject(ada);
  });
});
