import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf } from '../../src/emulator/user.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startBrowser, type TestBrowser } from './browser.ts';

const users = demoUsers(300);

let gateway: TestGateway;
let browser: TestBrowser;

beforeAll(async () => {
  [gateway, browser] = await Promise.all([startGateway(demoCatalog, users), startBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await gateway?.close();
});

test('GraphiQL shows an example query, which runs and returns rows', async () => {
  const page = await openGraphiQL();
  await page.click('.graphiql-execute-button');
  const matching = users.filter((user) => /a/i.test(attributeOf(user, 'email') ?? ''));
  const [newest] = matching.toSorted((a, b) => (b.UserCreateDate ?? 0) - (a.UserCreateDate ?? 0));
  await answerLine(page, `"totalCount": ${matching.length}`);
  await answerLine(page, `"sub": "${newest && attributeOf(newest, 'sub')}"`);
});

test('a query that someone types runs and returns the row', async () => {
  const page = await openGraphiQL();
  await typeQuery(
    page,
    'query Typed { cognitoUserByPk(username: "alice") { email attribute(name: "family_name") } }',
  );
  await page.click('.graphiql-execute-button');
  await answerLine(page, '"email": "alice@example.com"');
  await answerLine(page, '"attribute": "Liddell"');
});

test('the page needs nothing from any other host, and its scripts do not fail', async () => {
  const page = await openGraphiQL();
  // The documentation is the last part that could still want something.
  await page.click('[aria-label="Show Documentation Explorer"]');
  await page.locator('.graphiql-doc-explorer').getByText('Query').first().waitFor();
  expect(browser.complaints).toEqual([]);
});

/** Opens GraphiQL and waits until it has the example in its editor, and the schema to check it by. */
async function openGraphiQL(): Promise<Page> {
  const page = await browser.open(gateway.url);
  await page.locator('.graphiql-query-editor .view-line', { hasText: 'query FirstPage' }).waitFor();
  await page.locator('.graphiql-tab', { hasText: 'FirstPage' }).waitFor();
  await page.locator('.graphiql-spinner').waitFor({ state: 'detached' });
  return page;
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
