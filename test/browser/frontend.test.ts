import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoSecret } from '../../src/cli/demo/callers.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf, type PoolUser } from '../../src/emulator/user.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway, testPool } from '../support/gateway.ts';
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
    await says(page, '1–20 of 203');
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
    await says(page, '21–40 of 203');
    await turn(page, 'Next');
    await shows(page, newestFirst.slice(2 * pageSize, 3 * pageSize));
    await turn(page, 'Previous');
    await says(page, '21–40 of 203');
    await shows(page, newestFirst.slice(pageSize, 2 * pageSize));
    await page.goBack();
    await shows(page, newestFirst.slice(2 * pageSize, 3 * pageSize));
  });

  test('turns to the last page, from where there is only a way back', async () => {
    const page = await browser.open(frontend.url);
    await shows(page, newestFirst.slice(0, pageSize));
    await turn(page, 'Last');
    await shows(page, newestFirst.slice(-pageSize));
    await says(page, '184–203 of 203');
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
    await says(page, `1–${Math.min(pageSize, matching.length)} of ${matching.length}`);
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
    await page.getByText('The gateway cannot be reached. Start it with: npm run demo').waitFor();
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

  test('tells statuses apart by words, colours and signs', async () => {
    const page = await browser.open(frontend.url);
    const looks = new Set<string>();
    for (const status of ['CONFIRMED', 'UNCONFIRMED', 'EXTERNAL_PROVIDER', 'RESET_REQUIRED']) {
      await page.getByLabel('Status').selectOption(status);
      const badge = page.locator(`#users[aria-busy=false] .badge[data-status=${status}]`).first();
      await badge.waitFor();
      looks.add(
        await badge.evaluate((element) => {
          const { color } = getComputedStyle(element);
          return `${element.textContent} ${color} ${getComputedStyle(element, '::before').maskImage}`;
        }),
      );
    }
    expect(looks.size).toBe(4);
    for (const part of [/rgb.*?\)/, /url.*/]) {
      expect(new Set([...looks].map((look) => part.exec(look)?.[0])).size).toBe(4);
    }
  });

  test('says how old the users are, and goes on counting', async () => {
    const page = await browser.open(frontend.url);
    await shows(page, newestFirst.slice(0, pageSize));
    const age = async () => Number.parseInt(await page.locator('#freshness').innerText(), 10);
    const before = await age();
    await expect.poll(age, { timeout: 10_000 }).toBeGreaterThan(before);
  });

  test('can be used by keyboard alone', async () => {
    const page = await browser.open(`${frontend.url}?status=RESET_REQUIRED`);
    await page.locator('#users[aria-busy=false] tbody tr').first().waitFor();
    await page.getByLabel('Status').focus();
    await page.keyboard.type('Ext');
    const matching = newestFirst.filter((user) => user.UserStatus === 'EXTERNAL_PROVIDER');
    await shows(page, matching.slice(0, pageSize));
    await page.getByRole('button', { name: 'Last' }).focus();
    await page.keyboard.press('Enter');
    await shows(page, matching.slice(-pageSize));
    // The button that was pressed is of no use any more.
    expect(
      await page.getByRole('button', { name: 'Previous' }).evaluate((button) => button.matches(':focus')),
    ).toBe(true);
  });

  test('says which gateway verifies tokens, where this one does not', async () => {
    const page = await browser.open(frontend.url);
    await page.getByLabel('Signed in as').selectOption('Alice');
    await page.getByText('Start it with: npm run demo -- --auth').waitFor();
    await shows(page, newestFirst.slice(0, pageSize));
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

describe('the example frontend, while the first scan runs', () => {
  test('shows outlines of users and how far the scan is, and then the users', async () => {
    const gateway = await startGateway(demoCatalog, users, { scanTimeoutMs: 300, requestsPerSecond: 1 });
    const [frontend, browser] = await Promise.all([startFrontend(gateway.url), startBrowser()]);
    const page = await browser.open(frontend.url);
    await page.locator('tr.skeleton').first().waitFor();
    await page.getByText(/^Reading the user pool for the first time: [1-9]\d* of about 203 users$/).waitFor();
    const bar = page.getByRole('progressbar', { name: 'Users read' });
    expect(await bar.evaluate((element: HTMLProgressElement) => element.position)).toBeGreaterThan(0);
    await shows(page, newestFirst.slice(0, pageSize));
    expect(await bar.isHidden()).toBe(true);
    expect(await page.locator('tr.skeleton').count()).toBe(0);
    await browser.close();
    await frontend.close();
    await gateway.close();
  });
});

describe('the example frontend, where the pool cannot be read', () => {
  test('says which command finds out why', async () => {
    const elsewhere = demoCatalog.replace(testPool, 'us-east-1_Elsewhere');
    const gateway = await startGateway(elsewhere, users);
    const [frontend, browser] = await Promise.all([startFrontend(gateway.url), startBrowser()]);
    const page = await browser.open(frontend.url);
    await page.getByRole('alert').getByText('Find out why with: npx fdw-graphql doctor').waitFor();
    await shows(page, []);
    await browser.close();
    await frontend.close();
    await gateway.close();
  });
});

describe('the example frontend, where tokens decide', () => {
  const roles = readFileSync(new URL('../../schema/roles.sql', import.meta.url), 'utf8');
  let gateway: TestGateway;
  let frontend: Frontend;
  let browser: TestBrowser;

  beforeAll(async () => {
    gateway = await startGateway(`${demoCatalog} ${roles}`, users, {
      auth: { jwtSecret: demoSecret, anonRole: 'anon' },
    });
    [frontend, browser] = await Promise.all([startFrontend(gateway.url), startBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await frontend?.close();
    // Roles belong to the whole server.
    await gateway.database.client.query('drop owned by anon, authenticated, service_role');
    await gateway.database.client.query('drop role anon, authenticated, service_role');
    await gateway?.close();
  });

  test('shows visitors when users signed up, but not who they are', async () => {
    const page = await browser.open(frontend.url);
    await says(page, '1–20 of 203');
    await page.getByText('Visitors see when users signed up, but not who they are').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(pageSize);
    expect(await page.locator('tbody').innerText()).not.toContain('@');
    expect(await page.getByLabel('Search').isDisabled()).toBe(true);
  });

  test('shows Alice her own account', async () => {
    const page = await browser.open(frontend.url);
    await page.getByLabel('Signed in as').selectOption('Alice');
    await shows(page, users.slice(0, 1));
    await says(page, '1–1 of 1');
    await page.getByText('a row policy hides those of all others').waitFor();
  });

  test('shows the service everybody, and stays signed in', async () => {
    const page = await browser.open(frontend.url);
    await page.getByLabel('Signed in as').selectOption('The service');
    await shows(page, newestFirst.slice(0, pageSize));
    await page.reload();
    await shows(page, newestFirst.slice(0, pageSize));
    await page.getByLabel('Signed in as').selectOption('Nobody');
    await page.getByText('Visitors see when users signed up').waitFor();
  });

  test('needs nothing from any other host, and its scripts do not fail', () => {
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
