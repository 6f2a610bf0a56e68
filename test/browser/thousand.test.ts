import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { names, row, Stage, shows } from './stage.ts';

let stage: Stage;
let page: Page;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:many]
command=/bin/sleep 100000
process_name=many-%(process_num)03d
numprocs=1000
stdout_logfile=NONE
stderr_logfile=NONE
stopasgroup=true
`,
  });
  page = await stage.page();
});
afterAll(() => stage.close());

test('of a thousand processes all are counted, and few are drawn', async () => {
  await shows(page, 'many', '1000 of 1000 running');
  await page.getByRole('button', { name: 'Running 1000' }).waitFor();
  expect((await names(page)).length).toBeLessThan(100);
  expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('1002');
});

test('scrolling leads to the last one', async () => {
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await shows(page, 'many-999', 'Running');
  await row(page, 'many-000').waitFor({ state: 'detached' });
});

test('the changes of all of them arrive', async () => {
  await page.getByRole('button', { name: 'Stop All' }).click();
  await page.getByRole('dialog').getByText('Stop all 1000 processes?').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Stopped 1000' }).waitFor();
  await page.getByRole('log').getByText('1000 of 1000, done').waitFor();
});

test('one of them is found by its name', async () => {
  await page.getByRole('searchbox').fill('many-7 31');
  await eventually(async () => (await names(page)).join() === '▾ many,many-731', { what: 'the one' });
  await shows(page, 'many-731', 'Stopped');
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});
