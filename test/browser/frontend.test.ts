import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf, type PoolUser } from '../../src/emulator/user.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startBrowser, type TestBrowser } from './browser.ts';
import { type Frontend, startFrontend } from './frontend.ts';

const users = demoUsers(203);
const newestFirst = users.toSorted((a, b) => (b.UserCreateDate ?? 0) - (a.UserCreateDate ?? 0));
const pageSize = 20;

describe('the example frontend', () => {
  let gateway: TestGateway;
  let frontend: Frontend;
  let browser: TestBrowser;

  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
    [frontend, browser] = await Promise.all([startFrontend(gateway.url), startBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await frontend?.close();
    await gateway?.close();
  });

  test('lists the newest users and says how many there are', async () => {
    const page = await browser.open(frontend.url);
    await shows(page, newestFirst.slice(0, pageSize));
    await says(page, '203 users');
    const [first] = newestFirst;
    expect(await page.locator('tbody tr').first().innerText()).toContain(
      first && attributeOf(first, 'email'),
    );
    expect(await page.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true);
  });

  test('turns to the next page and back again, also by the browser', async () => {
    const page = await browser.open(frontend.url);
    await shows(page, newestFirst.slice(0, pageSize));
    await turn(page, 'Next');
    await shows(page, newestFirst.slice(pageSize, 2 * pageSize));
    await turn(page, 'Next');
    await shows(page, newestFirst.slice(2 * pageSize, 3 * pageSize));
    await turn(page, 'Previous');
    await shows(page, newestFirst.slice(pageSize, 2 * pageSize));
    await page.goBack();
    await shows(page, newestFirst.slice(2 * pageSize, 3 * pageSize));
  });

  test('turns to the last page, from where there is only a way back', async () => {
    const page = await browser.open(frontend.url);
    await shows(page, newestFirst.slice(0, pageSize));
    await turn(page, 'Last');
    await shows(page, newestFirst.slice(-pageSize));
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await turn(page, 'Previous');
    await shows(page, newestFirst.slice(-2 * pageSize, -pageSize));
  });

  test('searches e-mail addresses and usernames as one types', async () => {
    const page = await browser.open(frontend.url);
    await page.getByLabel('Search').pressSequentially('SMITH');
    const matching = newestFirst.filter(
      (user) => /smith/i.test(attributeOf(user, 'email') ?? '') || /smith/i.test(user.Username),
    );
    await shows(page, matching.slice(0, pageSize));
    await says(page, `${matching.length} users`);
  });

  test('takes the wildcards of a pattern as they are', async () => {
    const page = await browser.open(frontend.url);
    await page.getByLabel('Search').fill('a%b');
    await says(page, '0 users');
    await page.getByText('No user matches.').waitFor();
  });

  test('filters by status and orders by e-mail address, and its address reopens what it shows', async () => {
    const page = await browser.open(frontend.url);
    await page.getByLabel('Status').selectOption('UNCONFIRMED');
    await page.getByLabel('Order').selectOption('E-mail, A to Z');
    const expected = users
      .filter((user) => user.UserStatus === 'UNCONFIRMED')
      .toSorted((a, b) => compareOrLast(attributeOf(a, 'email'), attributeOf(b, 'email')));
    await shows(page, expected.slice(0, pageSize));
    await shows(await browser.open(page.url()), expected.slice(0, pageSize));
  });

  test('says what is wrong, and tries again', async () => {
    const page = await browser.open(frontend.url);
    await shows(page, newestFirst.slice(0, pageSize));
    await page.route('**/graphql', (route) => route.abort());
    await turn(page, 'Next');
    await page.getByRole('alert').getByText('The gateway cannot be reached.').waitFor();
    await shows(page, []);
    await page.unroute('**/graphql');
    await turn(page, 'Try again');
    await shows(page, newestFirst.slice(pageSize, 2 * pageSize));
    expect(await page.getByRole('alert').isHidden()).toBe(true);
  });

  test("shows the gateway's own words for a cursor that is none", async () => {
    const page = await browser.open(`${frontend.url}?after=tampered`);
    await page.getByRole('alert').getByText('cursor').waitFor();
  });

  test('fits the width of a phone', async () => {
    const page = await browser.open(frontend.url, { viewport: { width: 360, height: 740 } });
    await shows(page, newestFirst.slice(0, pageSize));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test('asks nothing of any other host, and its scripts do not fail', () => {
    expect(browser.complaints).toEqual([]);
  });
});

/** Waits until the page shows exactly these users, in this order. */
async function shows(page: Page, expected: readonly PoolUser[]): Promise<void> {
  await expect
    .poll(() => page.locator('#users[aria-busy=false] tbody tr code').allTextContents(), { timeout: 10_000 })
    .toEqual(expected.map((user) => user.Username));
}

async function says(page: Page, count: string): Promise<void> {
  await page.getByRole('status').getByText(count, { exact: true }).waitFor();
}

async function turn(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
}

/** By code point; what is missing comes last. */
function compareOrLast(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
