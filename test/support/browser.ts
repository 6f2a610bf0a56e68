// A headless browser without access to the internet.
import { type Browser, chromium } from 'playwright-core';

/** Generous, for a loaded machine. */
export const browserTimeoutMs = 60_000;

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Debian's chromium with a new profile. `more`: further flags. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...flags, ...more],
    timeout: browserTimeoutMs,
  });
}
