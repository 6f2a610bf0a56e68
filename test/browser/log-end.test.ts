// The end of a log is in sight as long as the page says that it follows, however it is laid out.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { appendFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { Stage, takePicture } from './stage.ts';

const devices = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
} as const;

let stage: Stage;

/** Some fit on a line of the screen, some do not. */
const linesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => `line ${at} ${'of many words '.repeat(at % 23)}\n`).join('');

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:short]
command=/bin/cat
stdout_logfile=%(here)s/short.log
[program:long]
command=/bin/cat
stdout_logfile=%(here)s/long.log
`,
    files: { 'short.log': linesOf(60), 'long.log': linesOf(5000) },
  });
  appendFileSync(stage.daemon.path('supervisord.log'), linesOf(60));
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

/** Whether the last line is in sight as a whole. */
function seesNewest(page: Page): Promise<boolean> {
  return page.locator('.lines').evaluate((place) => {
    const last = [...place.querySelectorAll('.block > div')].at(-1)?.getBoundingClientRect();
    const frame = place.getBoundingClientRect();
    const bottom = frame.top + place.clientTop + place.clientHeight;
    return last !== undefined && last.top >= frame.top && last.bottom <= bottom + 1;
  });
}

const newest = (page: Page) => page.locator('.lines .block > div').last();

const logs = [
  ['the main log', '#/log', 59],
  ['a short log', '#/log/short%3Ashort/stdout', 59],
  ['a log of 5,000 lines', '#/log/long%3Along/stdout', 4999],
] as const;

describe.each(['desk', 'phone'] as const)('on a %s', (device) => {
  test.each(logs)('%s opens at its end, wrapped or not', async (_, path, last) => {
    const page = await stage.page(path, devices[device]);
    await page.locator('.lines').getByText(`line ${last} `).waitFor();
    await page.getByText('● following').waitFor();
    await eventually(() => seesNewest(page), { what: 'the newest line, wrapped' });
    await takePicture(page, `log-end-${device}-${last}`);
    await page.getByRole('button', { name: 'Wrap lines' }).click();
    await eventually(() => seesNewest(page), { what: 'the newest line, not wrapped' });
    await page.getByRole('button', { name: 'Wrap lines' }).click();
    await eventually(() => seesNewest(page), { what: 'the newest line, wrapped again' });
    await page.getByText('● following').waitFor();
  });
});

test('the end stays in sight when the window changes', async () => {
  const page = await stage.page('#/log/long%3Along/stdout', devices.desk);
  await eventually(() => seesNewest(page), { what: 'the newest line' });
  for (const viewport of [
    { width: 500, height: 500 },
    { width: 1280, height: 400 },
    { width: 1600, height: 1000 },
  ]) {
    await page.setViewportSize(viewport);
    await eventually(() => seesNewest(page), { what: `the newest line at ${viewport.width}` });
    await page.getByText('● following').waitFor();
  }
});

test('who scrolls back is left alone, which the page says, and comes to the end again by a click', async () => {
  const page = await stage.page('#/log/short%3Ashort/stdout', devices.desk);
  await eventually(() => seesNewest(page), { what: 'the newest line' });
  await page.locator('.lines').hover();
  await page.mouse.wheel(0, -300);
  await page.getByText('❙❙ paused').waitFor();
  expect(await seesNewest(page)).toBe(false);
  appendFileSync(stage.daemon.path('short.log'), 'added meanwhile\n');
  await page.getByRole('button', { name: 'Jump to end' }).click();
  await newest(page).filter({ hasText: 'added meanwhile' }).waitFor();
  await page.getByText('● following').waitFor();
  await eventually(() => seesNewest(page), { what: 'the newest line' });
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});
