import { join } from 'node:path';
import { type BrowserContextOptions, chromium as launcher, type Page } from 'playwright-core';
import { unpackChromium } from './unpack-chromium.ts';

/** A headless Chromium that reaches nothing but this machine. */
export interface TestBrowser {
  /** What pages have asked of other hosts, in vain, and what went wrong in their scripts. */
  readonly complaints: readonly string[];
  /** Opens a page in a context of its own. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts a browser from npm, which needs nothing of the system. */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = await unpackChromium();
  const browser = await launcher.launch({
    executablePath: join(folder, 'chromium'),
    env: { ...process.env, FONTCONFIG_PATH: join(folder, 'fonts') },
    // As root there is no sandbox; all that is shown is the project's own.
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  const complaints: string[] = [];
  return {
    complaints,
    async open(url, options) {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (/^(https?|wss?):$/.test(protocol) && hostname !== '127.0.0.1') {
          complaints.push(`request to ${request.url()}`);
        }
      });
      page.on('pageerror', (error) => complaints.push(`error ${error.message}`));
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}
