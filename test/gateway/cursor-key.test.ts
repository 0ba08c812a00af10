import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const query = `query ($after: Cursor) {
  keylessCollection(first: 2, after: $after) { edges { node { email } } pageInfo { endCursor } }
}`;

interface Page {
  readonly edges: readonly { readonly node: { readonly email: string } }[];
  readonly pageInfo: { readonly endCursor: string };
}

/** Answers to the same request, often enough that it is compiled. */
async function ask(gateway: Gateway, after: string | null) {
  const answers: { readonly data: { readonly keylessCollection: Page | null }; readonly errors?: unknown }[] =
    [];
  for (let i = 0; i < 4; i++) {
    const response = await gateway.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { after } }),
      }),
    );
    answers.push(await response.json());
  }
  return answers;
}

async function firstPage(gateway: Gateway): Promise<Page> {
  const [answer] = await ask(gateway, null);
  if (!answer?.data.keylessCollection) throw new Error(`no page: ${JSON.stringify(answer)}`);
  return answer.data.keylessCollection;
}

const opened = { data: { keylessCollection: { edges: [{}, {}] } } };
const refused = {
  data: { keylessCollection: null },
  errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }],
};

describe('gateways of one process', () => {
  let first: TestGateway;
  let same: Gateway;
  let other: Gateway;

  beforeAll(async () => {
    first = await startGateway(
      `${cognitoServer} create foreign table keyless (email text) server cognito_server options (object 'users');`,
      demoUsers(20),
      { cursorKey: 'one secret' },
    );
    const catalog = { databaseUrl: first.database.url };
    same = await createGateway({ catalog, cursorKey: 'one secret' });
    other = await createGateway({ catalog, cursorKey: 'another secret' });
  });
  afterAll(async () => {
    await Promise.all([same.close(), other.close()]);
    await first.close();
  });

  test('open the cursors of each other if they have the same key', async () => {
    const { pageInfo } = await firstPage(first.gateway);
    expect(await firstPage(same)).toMatchObject({ pageInfo });
    for (const answer of await ask(same, pageInfo.endCursor)) expect(answer).toMatchObject(opened);
  });

  test('reject the cursors of each other if they have not, whichever was created last', async () => {
    const [ours, theirs] = [await firstPage(first.gateway), await firstPage(other)];
    expect(ours.edges).toEqual(theirs.edges);
    expect(ours.pageInfo).not.toEqual(theirs.pageInfo);
    for (const answer of await ask(other, ours.pageInfo.endCursor)) expect(answer).toMatchObject(refused);
    for (const answer of await ask(first.gateway, theirs.pageInfo.endCursor)) {
      expect(answer).toMatchObject(refused);
    }
    for (const answer of await ask(other, theirs.pageInfo.endCursor)) expect(answer).toMatchObject(opened);
  });
});
