// A daemon, and a browser that looks at it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { browserTimeoutMs, launchBrowser } from '../support/browser.ts';
import { Daemon, type DaemonSetup } from '../support/daemon.ts';

const screenshots = join(import.meta.dir, 'screenshots');

export class Stage {
  /** What the browser found wrong: errors of scripts, violations of the policy, answers that failed. */
  readonly complaints: string[] = [];

  private constructor(
    readonly daemon: Daemon,
    readonly browser: Browser,
  ) {}

  /** `more`: further flags for the browser. */
  static async open(setup: DaemonSetup, more: readonly string[] = []): Promise<Stage> {
    const [daemon, browser] = await Promise.all([Daemon.start(setup), launchBrowser(more)]);
    return new Stage(daemon, browser);
  }

  get url(): string {
    return `http://127.0.0.1:${this.daemon.port}/`;
  }

  /** A page of its own browser profile, in English unless said otherwise; `path` behind the URL. */
  async page(path = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      ...{ locale: 'en-US', viewport: { width: 1440, height: 900 } },
      ...options,
    });
    context.setDefaultTimeout(browserTimeoutMs);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    await page.goto(this.url + path);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async close(): Promise<void> {
    await Promise.all([this.browser.close(), this.daemon.stop()]);
  }
}

/** The row of a process or group, by the name that it shows. */
export function row(page: Page, name: string): Locator {
  const link = page.getByRole('link', { name, exact: true });
  const fold = page.getByRole('button', { name: new RegExp(`^(Unf|F)old ${name}$`) });
  return page
    .locator('.rows')
    .getByRole('row')
    .filter({ has: link.or(fold) });
}

/** Waits until the row shows `text`. */
export async function shows(page: Page, name: string, text: string | RegExp): Promise<void> {
  await row(page, name).filter({ hasText: text }).waitFor();
}

/** The names in the table, as they stand. */
export function names(page: Page): Promise<readonly string[]> {
  return page.locator('.rows .c-name').allInnerTexts();
}

/** Into a folder that is not kept, for people to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
