import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminServer, listenAdmin } from '../../src/admin/admin-server.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startBrowser, type TestBrowser } from './browser.ts';

let gateway: TestGateway;
let admin: AdminServer;
let browser: TestBrowser;

beforeAll(async () => {
  [gateway, browser] = await Promise.all([
    startGateway(demoCatalog, demoUsers(300), { minRefreshMs: 0 }),
    startBrowser(),
  ]);
  admin = await listenAdmin(
    { host: '127.0.0.1', port: 0 },
    { gateway: () => gateway.gateway, metrics: new Metrics(), onError: () => {} },
  );
});

afterAll(async () => {
  await browser?.close();
  await admin?.close();
  await gateway?.close();
});

test('the button scans, by the keyboard too, and the page shows what came of it without being loaded again', async () => {
  const page = await browser.open(admin.url);
  await page.getByText('There is no snapshot yet').waitFor();
  await page.getByRole('button', { name: 'Scan cognito_server.users now' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('dd', { hasText: '300' }).waitFor();
  await page.locator('.badge', { hasText: 'fresh' }).waitFor();
  expect(browser.complaints).toEqual([]);
});

test.each(['light', 'dark'] as const)('text has enough contrast in the %s theme', async (colorScheme) => {
  const page = await browser.open(admin.url, { colorScheme });
  const ratios = await page.evaluate(contrastRatios);
  expect(ratios.length).toBeGreaterThan(10);
  // WCAG 2.2, 1.4.3
  expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5);
});

test('nothing sticks out on a telephone', async () => {
  const page = await browser.open(admin.url, { viewport: { width: 360, height: 700 } });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test('every heading, button and progress bar has a name', async () => {
  const page = await browser.open(admin.url);
  const unnamed = await page.evaluate(
    () =>
      [...document.querySelectorAll('h1, h2, h3, button, progress')].filter(
        (element) => !(element.getAttribute('aria-label') ?? element.textContent)?.trim(),
      ).length,
  );
  expect(unnamed).toBe(0);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
});

/** The contrast of every text with what is behind it; runs in the page. */
function contrastRatios(): number[] {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([red = 0, green = 0, blue = 0]: number[]) => {
    const linear = [red, green, blue].map((channel) => {
      const share = channel / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  };
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255];
    const color = channels(getComputedStyle(element).backgroundColor);
    return color.length === 3 || (color[3] ?? 1) > 0 ? color : behind(element.parentElement);
  };
  return [...document.querySelectorAll('main *, header *')]
    .filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
    )
    .map((element) => {
      const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
}
