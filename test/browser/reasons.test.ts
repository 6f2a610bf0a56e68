// Why a process does not run: the most important text on the page can be read, wherever it stands.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { row, Stage, shows, takePicture } from './stage.ts';

const devices = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
} as const;

const missing = '/usr/local/lib/warehouse/bin/inventory-server';
const reason = `can't find command '${missing}'`;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:fine]
command=/bin/cat

[program:missing]
command=${missing} --listen 127.0.0.1:4000
startretries=0

[program:dies]
command=/bin/sh -c 'for n in 1 2 3 4 5 6 7 8 9 10 11; do echo "trouble $n <b>" >&2; done; printf "\\033[31mno database\\033[0m\\n" >&2; exit 1'
startretries=0

[program:again]
command=/bin/sh -c 'echo out of luck; exit 3'
redirect_stderr=true
startretries=100000
`,
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

/** Whether the text is in sight as a whole: cut neither by its own box nor by the row. */
function isWhole(text: Locator): Promise<boolean> {
  return text.evaluate((element) => {
    const frame = element.closest('.row')?.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const isCut =
      element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth;
    return !isCut && frame !== undefined && box.top >= frame.top && box.bottom <= frame.bottom;
  });
}

const reasonIn = (page: Page, name: string) => row(page, name).locator('.reason');

describe.each(['desk', 'phone'] as const)('on a %s', (device) => {
  test('the reason of FATAL and BACKOFF is there in the table, on two lines if need be', async () => {
    const page = await stage.page('', devices[device]);
    await shows(page, 'missing', reason);
    await eventually(() => isWhole(reasonIn(page, 'missing')), { what: 'the whole reason' });
    expect(await reasonIn(page, 'missing').getAttribute('title')).toBe(reason);
    await shows(page, 'again', /Exited too quickly/);
    await eventually(() => isWhole(reasonIn(page, 'again')), { what: 'the whole reason of BACKOFF' });
    await takePicture(page, `reasons-${device}`);
  });

  test('the page of a process has the whole reason and the last lines of stderr', async () => {
    const page = await stage.page('#/process/dies%3Adies', devices[device]);
    await page.getByText('Exited too quickly (process log may have details)').first().waitFor();
    const output = page.getByRole('region', { name: 'Last lines of stderr' });
    const lines = output.locator('.block > div');
    await eventually(async () => (await lines.count()) === 10, { what: 'ten lines' });
    expect((await lines.allTextContents()).slice(-3)).toEqual([
      'trouble 10 <b>',
      'trouble 11 <b>',
      'no database',
    ]);
    expect(await output.locator('.fg1').textContent()).toBe('no database');
    await takePicture(page, `reason-${device}`);
    await output.getByRole('link', { name: 'Log: stderr' }).click();
    await page.getByText('● following').waitFor();
  });
});

test('on a phone the history breaks a long reason instead of cutting it off', async () => {
  const page = await stage.page('#/process/missing%3Amissing', devices.phone);
  const history = page.getByRole('region', { name: 'The last hour' });
  const cell = history.getByRole('cell', { name: reason }).first();
  await cell.waitFor();
  const [frame, box] = [await history.boundingBox(), await cell.boundingBox()];
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((frame?.x ?? 0) + (frame?.width ?? 0));
});

test('without a log of stderr the last lines of stdout are there', async () => {
  const page = await stage.page('#/process/again%3Aagain');
  const output = page.getByRole('region', { name: 'Last lines of stdout' });
  await output.getByText('out of luck').first().waitFor();
});

test('what cannot be spawned has no last lines, and what runs needs none', async () => {
  for (const name of ['missing', 'fine']) {
    const page = await stage.page(`#/process/${name}%3A${name}`);
    await page.getByRole('rowheader', { name: 'command' }).waitFor();
    expect(await page.getByText(/Last lines of/).count()).toBe(0);
  }
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});
