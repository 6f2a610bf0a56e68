// A browser without a window, and without a way into the world.
import { type Browser, chromium } from 'playwright-core';

/** A loaded machine takes its time. */
export const browserPatienceMs = 60_000;

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Debian's chromium, with a profile of its own. `more`: further flags. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...flags, ...more],
    timeout: browserPatienceMs,
  });
}
