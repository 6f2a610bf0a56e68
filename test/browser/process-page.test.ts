import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { Stage, takePicture } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    supervisord: 'environment=INHERITED="from the daemon"\n[include]\nfiles=%(here)s/conf.d/*.conf',
    config: '',
    files: {
      'conf.d/web.conf': `[program:web]
command=/bin/sleep 100000
process_name=%(program_name)s-%(process_num)d
numprocs=2
stopwaitsecs=
  21
environment=SECRET="geheim"
`,
      'conf.d/dies.conf': `[program:dies]
command=/bin/sh -c 'sleep 0.3; exit 5'
startsecs=0
autorestart=true
`,
    },
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

const option = (page: Page, key: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: key, exact: true }) });

async function cells(page: Page, key: string): Promise<readonly string[]> {
  await option(page, key).waitFor();
  return option(page, key).getByRole('cell').allInnerTexts();
}

test('each option shows its value and the line where it comes from, or that it is the default', async () => {
  const page = await stage.page('#/process/web%3Aweb-1');
  const file = stage.daemon.path('conf.d/web.conf');
  expect(await cells(page, 'command')).toEqual(['/bin/sleep 100000', `${file}:2`]);
  expect(await cells(page, 'stopwaitsecs')).toEqual(['21', `${file}:5`]);
  expect(await cells(page, 'numprocs')).toEqual(['2', `${file}:4`]);
  expect(await cells(page, 'startsecs')).toEqual(['1', 'default']);
  await page.getByText('[program:web]').waitFor();
  await takePicture(page, 'process');
});

test('environment variables are named with their place, not shown', async () => {
  const page = await stage.page('#/process/web%3Aweb-1');
  expect(await cells(page, 'environment.SECRET')).toEqual([
    '•••',
    `${stage.daemon.path('conf.d/web.conf')}:7`,
  ]);
  const [, inherited] = await cells(page, 'environment.INHERITED');
  expect(inherited).toStartWith(`${stage.daemon.configPath}:`);
  expect(await page.content()).not.toContain('geheim');
});

test('an option that the file gives otherwise by now says so', async () => {
  const file = stage.daemon.path('conf.d/web.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace('21', '22'));
  const page = await stage.page('#/process/web%3Aweb-1');
  await option(page, 'stopwaitsecs').getByText('changed in the file, not applied yet').waitFor();
  const [value] = await cells(page, 'stopwaitsecs');
  expect(value).toStartWith('21');
});

test('a process has its history: when it was in which state, and why it ended', async () => {
  const page = await stage.page('#/process/dies%3Adies');
  const events = page.getByRole('region', { name: 'The last hour' }).getByRole('row');
  await events.filter({ hasText: 'Exited' }).filter({ hasText: 'code 5' }).first().waitFor();
  await events.filter({ hasText: 'Running' }).first().waitFor();
  const count = await events.count();
  // It goes on as long as somebody looks.
  await eventually(async () => (await events.count()) > count, { what: 'another event' });
  expect(await page.locator('.band rect.RUNNING').count()).toBeGreaterThan(0);
});

test('one comes from the table and goes back, and can act on the way', async () => {
  const page = await stage.page();
  await page.getByRole('link', { name: 'web-0', exact: true }).click();
  await page.getByRole('heading', { name: 'web:web-0' }).waitFor();
  const { stdout } = await stage.daemon.supervisorctl('pid', 'web:web-0');
  await page.getByText(stdout.trim(), { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.process-head').getByText('Stopped').waitFor();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('.process-head').getByText('Running').waitFor();
  await page.goBack();
  await page.getByRole('grid').waitFor();
});

test('a process that does not exist is told of', async () => {
  const page = await stage.page('#/process/no%3Aone');
  await page.getByText('No such process.').waitFor();
});

test('the browser complains of nothing but the process that does not exist', () => {
  expect(stage.complaints.filter((text) => !text.includes('404'))).toEqual([]);
});
