import { SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf } from '../../src/emulator/user.ts';
import { cognitoServer } from '../support/definitions.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startBrowser, type TestBrowser } from './browser.ts';

const users = demoUsers(300);

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

describe('GraphiQL', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
    await gateway.query('{ memberCollection { totalCount } }');
  });
  afterAll(() => gateway?.close());

  test.each([
    ['FirstPage', '"totalCount": 300'],
    ['FilterAndOrder', '"edges": ['],
    ['Figures', '"count": 300'],
    ['OneRow', `"sub": "${users.map((user) => attributeOf(user, 'sub') ?? '').toSorted()[0]}"`],
  ])('has the example %s, which runs and returns rows', async (tab, line) => {
    const page = await openGraphiQL(gateway.url);
    await page.locator('.graphiql-tab', { hasText: tab }).click();
    await page.locator('.graphiql-query-editor .view-line', { hasText: `query ${tab}` }).waitFor();
    await page.click('.graphiql-execute-button');
    await answerLine(page, line);
    expect(await page.locator('.result-window').innerText()).not.toContain('errors');
  });

  test('runs a query that someone types and returns the row', async () => {
    const page = await openGraphiQL(gateway.url);
    await typeQuery(
      page,
      'query Typed { cognitoUserByPk(username: "alice") { email attribute(name: "family_name") } }',
    );
    await page.click('.graphiql-execute-button');
    await answerLine(page, '"email": "alice@example.com"');
    await answerLine(page, '"attribute": "Liddell"');
  });

  test('gives the examples back, even where GraphiQL keeps its tabs until the page is left', async () => {
    const page = await openGraphiQL(gateway.url);
    await typeQuery(page, 'query Typed { __typename }');
    await keepTabsUntilLeft(page, 'Typed');
    await page.getByRole('button', { name: 'Examples' }).click();
    await page.locator('.graphiql-tab', { hasText: 'FirstPage' }).waitFor();
  });

  test('says how many rows there are and how old they are', async () => {
    const page = await openGraphiQL(gateway.url);
    await page
      .getByRole('list', { name: 'Snapshots' })
      .getByText(/^300 rows, \d+ s old$/)
      .waitFor();
  });

  test('asks for no token where none is verified', async () => {
    const page = await openGraphiQL(gateway.url);
    expect(await page.getByLabel('Bearer token').isHidden()).toBe(true);
  });

  test('fits the width of a phone', async () => {
    const page = await openGraphiQL(gateway.url, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test('needs nothing from any other host, and its scripts do not fail', async () => {
    const page = await openGraphiQL(gateway.url);
    // The documentation is the last part that could still want something.
    await page.click('[aria-label="Show Documentation Explorer"]');
    await page.locator('.graphiql-doc-explorer').getByText('Query').first().waitFor();
    expect(browser.complaints).toEqual([]);
  });
});

describe('GraphiQL, while the first scan runs', () => {
  test('shows how far the scan is', async () => {
    const gateway = await startGateway(demoCatalog, users, { requestsPerSecond: 1, warm: true });
    const page = await openGraphiQL(gateway.url);
    const progress = page.getByRole('progressbar', { name: 'Scan of cognito.members, cognito.users' });
    await progress.waitFor();
    await page.getByText(/scanning [1-9]\d* of about 300/).waitFor();
    await gateway.close();
  });
});

describe('GraphiQL, where tokens decide', () => {
  const secret = 'a-secret-of-the-browser-tests-32-bytes';
  const tokenOf = (claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
  const setUp = `${demoCatalog}
    create role graphiql_visitor; create role graphiql_staff;
    grant usage on schema cognito to graphiql_visitor, graphiql_staff;
    grant select (status) on cognito.users to graphiql_visitor;
    grant select on cognito.users, cognito.members to graphiql_staff;
    comment on foreign table cognito.users is '@graphql({"name": "CognitoUser", "policies":
      {"graphiql_visitor": {"filter": {"status": {"eq": "CONFIRMED"}}}, "graphiql_staff": {"filter": {}}}})';`;
  let open: TestGateway;
  let closed: TestGateway;

  beforeAll(async () => {
    open = await startGateway(setUp, users, { auth: { jwtSecret: secret, anonRole: 'graphiql_visitor' } });
    // Roles belong to the whole server.
    closed = await startGateway(setUp.replace(/create role [^;]*; create role [^;]*;/, ''), users, {
      auth: { jwtSecret: secret },
    });
  });
  afterAll(async () => {
    for (const { database } of [open, closed]) {
      await database.client.query('drop owned by graphiql_visitor, graphiql_staff');
    }
    await closed.database.client.query('drop role graphiql_visitor, graphiql_staff');
    await Promise.all([open.close(), closed.close()]);
  });

  test('names only what the role of the request may read, and counts no rows that a policy hides', async () => {
    const told: string[] = [];
    const page = await browser.open('about:blank');
    page.on('response', async (response) => {
      // GraphiQL's own code, workers and style are the same for everybody.
      if (!/^blob:|=graphiql\.(js|css)$/.test(response.url())) told.push(await response.text());
    });
    await page.goto(open.url);
    await untilReady(page);
    await expect.poll(() => told.join()).toContain('cognitoUserCollection');
    expect(told.flatMap((text) => text.match(/member|username|email/gi) ?? [])).toEqual([]);
    expect(told.some((text) => text.includes('"rows"'))).toBe(false);
  });

  test('shows more to the bearer of a token, and forgets it again', async () => {
    const page = await openGraphiQL(open.url);
    await page.getByText('Role graphiql_visitor').waitFor();
    await page.getByLabel('Bearer token').fill(await tokenOf({ role: 'graphiql_staff' }));
    await page.getByRole('button', { name: 'Use' }).click();
    await page.getByText('Role graphiql_staff').waitFor();
    await untilReady(page);
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'memberCollection' }).waitFor();
    await page.getByRole('button', { name: 'Forget token' }).click();
    await page.getByText('Role graphiql_visitor').waitFor();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'cognitoUserCollection' }).waitFor();
  });

  test('replaces the examples of the last token, even where GraphiQL keeps its tabs until the page is left', async () => {
    const page = await openGraphiQL(open.url);
    await keepTabsUntilLeft(page, 'FirstPage');
    await page.getByLabel('Bearer token').fill(await tokenOf({ role: 'graphiql_staff' }));
    await page.getByRole('button', { name: 'Use' }).click();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'memberCollection' }).waitFor();
  });

  test('says where to put a token where one is needed, instead of failing', async () => {
    const page = await browser.open(closed.url);
    await page.getByRole('heading', { name: 'Who is asking?' }).waitFor();
    await page.getByLabel('Bearer token').fill('not-a-token');
    await page.getByRole('button', { name: 'Use' }).click();
    await page.getByText('Your token is refused').waitFor();
    await page.getByLabel('Bearer token').fill(await tokenOf({ role: 'graphiql_staff' }));
    await page.getByRole('button', { name: 'Use' }).click();
    await untilReady(page);
    await page.click('.graphiql-execute-button');
    await answerLine(page, '"totalCount"');
  });
});

describe('GraphiQL, whatever the catalog has', () => {
  test('writes no name of it into the page, and runs none as script', async () => {
    const schema = `</script><script>document.title='run'</script>`;
    const gateway = await startGateway(
      `${cognitoServer} create schema "${schema}";
       create foreign table "${schema}".users (username text) server cognito_server options (object 'users');`,
      users,
    );
    const page = await openGraphiQL(gateway.url);
    await page.getByText(schema).first().waitFor();
    expect(await page.title()).toBe('fdw-graphql');
    const html = await fetch(gateway.url, { headers: { accept: 'text/html' } });
    expect(await html.text()).not.toContain('document.title');
    await gateway.close();
  });
});

describe('GraphiQL, where introspection is off', () => {
  test('is a page that says so, and how to turn it on', async () => {
    const gateway = await startGateway(demoCatalog, users, { introspection: false });
    const page = await browser.open(gateway.url);
    await page.getByRole('heading', { name: 'GraphiQL is off' }).waitFor();
    await page.getByText('serve --introspection on').waitFor();
    const overview = await fetch(new URL('?graphiql=overview', gateway.url));
    expect(overview.status).toBeGreaterThanOrEqual(400);
    await gateway.close();
  });
});

/** Opens GraphiQL and waits until it is ready. */
async function openGraphiQL(url: string, options?: Parameters<TestBrowser['open']>[1]): Promise<Page> {
  const page = await browser.open(url, options);
  await untilReady(page);
  return page;
}

/** Waits until GraphiQL has an example in its editor, and the schema to check it by. */
async function untilReady(page: Page): Promise<void> {
  await page.locator('.graphiql-query-editor .view-line', { hasText: 'query FirstPage' }).waitFor();
  await page.locator('.graphiql-tab', { hasText: 'FirstPage' }).waitFor();
  await page.locator('.graphiql-spinner').waitFor({ state: 'detached' });
}

/**
 * Keeps GraphiQL's tabs until the page is left: GraphiQL itself writes them half a second after each change.
 *
 * @param operation what the first tab has
 */
async function keepTabsUntilLeft(page: Page, operation: string): Promise<void> {
  await page.waitForFunction((name) => localStorage.getItem('graphiql:tabState')?.includes(name), operation);
  await page.evaluate(() => {
    const tabs = localStorage.getItem('graphiql:tabState') ?? '';
    addEventListener('beforeunload', () => localStorage.setItem('graphiql:tabState', tabs));
  });
}

/** @param query an operation named `Typed` */
async function typeQuery(page: Page, query: string): Promise<void> {
  await page.click('.graphiql-query-editor .view-lines');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.type(query);
  // The editor closes brackets itself, and does not always step over them where they are typed as well.
  await page.keyboard.press('ControlOrMeta+Shift+End');
  await page.keyboard.press('Delete');
  // GraphiQL knows which operation to run a moment later, when its tab has the name.
  await page.locator('.graphiql-tab', { hasText: 'Typed' }).waitFor();
}

/** Waits for a line of the answer. Its editor draws lines as they come into sight. */
async function answerLine(page: Page, line: string): Promise<void> {
  await page.locator('.result-window .view-line', { hasText: line }).first().waitFor();
}
