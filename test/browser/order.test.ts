import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { row, Stage, shows, takePicture } from './stage.ts';

let stage: Stage;
let isHealthy = false;
const health = Bun.serve({
  ...{ port: 0, hostname: '127.0.0.1' },
  fetch: () => new Response('', { status: isHealthy ? 200 : 503 }),
});

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:db]
command=/bin/sleep 100000
startsecs=1

[program:cache]
command=/bin/sleep 100000
process_name=cache-%(process_num)d
numprocs=2
startsecs=0

[program:migrate]
command=/bin/sh -c 'until [ -e %(here)s/migrated ]; do sleep 0.05; done'
oneshot=true
depends_on=db

[program:api]
command=/bin/sleep 100000
startsecs=0
depends_on=migrate, cache:*

[program:web]
command=/bin/sleep 100000
startsecs=0
depends_on=api, db=started
stop_with=api

[program:hopeless]
command=/bin/false
startretries=0

[program:report]
command=/bin/sleep 100000
depends_on=hopeless

[program:checked]
command=/bin/sleep 100000
startsecs=0
http_check=http://127.0.0.1:${health.port}/
http_check_interval=3600
ready_interval=100ms

[program:after]
command=/bin/sleep 100000
startsecs=0
depends_on=checked=healthy

[program:unready]
command=/bin/sleep 100000
ready=tcp://127.0.0.1:1
ready_timeout=1h
ready_interval=100ms

[program:alone]
command=/bin/sleep 100000
startsecs=0
`,
  });
});
afterEach(() => stage.closePages());
afterAll(async () => {
  await stage.close();
  await health.stop(true);
});

const unit = (page: Page, name: string): Locator =>
  page.locator('.unit').filter({ has: page.getByRole('link', { name, exact: true }) });

describe('the drawing', () => {
  test('is reached from the list of processes, and has a box for each unit, by lane', async () => {
    const page = await stage.page();
    await page.getByRole('link', { name: 'Order of start' }).click();
    await unit(page, 'web').waitFor();
    const lanes = page.locator('.lanes > li');
    const names = (lane: number) => lanes.nth(lane).locator('.unit-name').allInnerTexts();
    expect(await names(0)).toEqual(['checked', 'db', 'cache ×2', 'hopeless']);
    expect((await names(1)).toSorted()).toEqual(['after', 'migrate', 'report']);
    expect(await names(2)).toEqual(['api']);
    expect(await names(3)).toEqual(['web']);
    await takePicture(page, 'order');
  });

  test('shows what each waits for, and whether a dependency is met, as text and as a line', async () => {
    const page = await stage.page('#/order');
    await unit(page, 'api').getByText('waiting for migrate (completed)').waitFor();
    await unit(page, 'report').getByText('waiting for hopeless (Fatal)').waitFor();
    await unit(page, 'db').getByText('Running').waitFor();
    const dependencies = await unit(page, 'api').locator('.dependencies li').allInnerTexts();
    expect(dependencies.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      '…migrate (completed) not met yet',
      '✓cache:* (ready) met',
    ]);
    expect(await page.locator('.canvas g.met').count()).toBe(3);
    expect(await page.locator('.canvas g.unmet').count()).toBe(3);
    expect(await page.locator('.canvas g.stuck').count()).toBe(1);
    const legend = await page.locator('.legend > span').allInnerTexts();
    expect(legend.map((text) => text.trim())).toEqual(['met', 'not met yet', 'not met: it is down']);
    await page.getByText(/^Still starting: \d of 12 processes ready\.$/).waitFor();
  });

  test('leads through the graph with the arrow keys, and to a process with Enter', async () => {
    const page = await stage.page('#/order');
    await page.getByRole('link', { name: 'db', exact: true }).focus();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('migrate');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('api');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('migrate');
    await page.keyboard.press('ArrowUp');
    expect(['migrate', 'after', 'report']).toContain((await focused()) ?? '');
    await page.getByRole('link', { name: 'web', exact: true }).focus();
    expect(await page.locator('.canvas g.near').count()).toBe(2);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web:web' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('grid').waitFor();
  });
});

test('a row of the table tells what its process waits for', async () => {
  const page = await stage.page();
  await shows(page, 'web', 'waiting for api (ready)');
  await shows(page, 'report', 'waiting for hopeless (Fatal)');
  await page.getByRole('button', { name: '中文' }).click();
  await shows(page, 'report', '正在等待 hopeless (启动失败)');
});

test('a row of the table tells why its process is not ready, and so does its page', async () => {
  const page = await stage.page();
  await shows(page, 'unready', 'not ready: ');
  await page.goto(`${stage.url}#/process/unready%3Aunready`);
  await page.getByText('not ready: ').waitFor();
});

test('a process that waits is stopped and started again', async () => {
  const page = await stage.page();
  await page.getByRole('button', { name: 'Stop report:report' }).click();
  await shows(page, 'report', 'Stopped');
  await page.getByRole('button', { name: 'Start report:report' }).click();
  await shows(page, 'report', 'could not be started: waiting for hopeless (FATAL)');
  await page.getByRole('button', { name: /waiting for hopeless/ }).click();
  await shows(page, 'report', 'waiting for hopeless (Fatal)');
});

describe('the page of a process', () => {
  const order = (page: Page) => page.locator('.process-order');

  test('shows what it depends on and what depends on it, and leads there', async () => {
    const page = await stage.page('#/process/api%3Aapi');
    await order(page).getByText('waiting for migrate (completed)').waitFor();
    await order(page).getByText('Needed by').waitFor();
    await order(page).getByRole('link', { name: 'web' }).click();
    await page.getByRole('heading', { name: 'web:web' }).waitFor();
    await order(page).getByText('Stops with').waitFor();
    await order(page).getByRole('link', { name: 'api' }).first().click();
    await order(page).getByRole('link', { name: 'cache:*' }).waitFor();
    await takePicture(page, 'process-order');
  });

  test('has nothing of it for one without dependencies', async () => {
    const page = await stage.page('#/process/alone%3Aalone');
    await page.getByRole('rowheader', { name: 'command' }).waitFor();
    expect(await order(page).count()).toBe(0);
  });
});

test('on a narrow screen the dependencies are a list, not wider than the screen', async () => {
  const page = await stage.page('#/order', { viewport: { width: 390, height: 844 } });
  await unit(page, 'web').getByText('api (ready) not met yet').waitFor();
  await page.getByRole('heading', { name: 'Step 4' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  await takePicture(page, 'order-phone');
});

test('without dependencies the drawing has nothing to show, and no page leads to it', async () => {
  const plain = await Stage.open({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0\n' });
  try {
    const page = await plain.page();
    await row(page, 'cat').waitFor();
    expect(await page.getByText('Order of start').count()).toBe(0);
    await page.goto(`${plain.url}#/order`);
    await page.getByText('No process depends on another.').waitFor();
    expect(plain.complaints).toEqual([]);
  } finally {
    await plain.close();
  }
});

test('the drawing is live: what is met becomes so before the eyes', async () => {
  const page = await stage.page('#/order');
  await unit(page, 'web').getByText('waiting for api (ready)').waitFor();
  writeFileSync(stage.daemon.path('migrated'), '');
  await unit(page, 'web')
    .getByText(/waited .*ready after/)
    .waitFor();
  await unit(page, 'migrate').getByText('Completed').waitFor();
  await page.locator('.canvas g.met').nth(4).waitFor();
  expect(await page.locator('.canvas g.unmet').count()).toBe(1);
  await page.getByText('The chain that took longest: db → migrate → api → web').waitFor();
  await page.getByText(/^Still starting: \d of 12 processes ready\.$/).waitFor();
  expect(await page.locator('.canvas g.chain').count()).toBe(3);
  await takePicture(page, 'order-done');
});

test('a one-shot that has done its work is shown as completed, everywhere and in both languages', async () => {
  const page = await stage.page();
  writeFileSync(stage.daemon.path('migrated'), '');
  await shows(page, 'migrate', 'Completed');
  await page.getByRole('button', { name: '中文' }).click();
  await shows(page, 'migrate', '已完成');
  await page.goto(`${stage.url}#/process/migrate%3Amigrate`);
  await page.locator('.process-head').getByText('已完成').waitFor();
});

test('a dependency on health is met when a check succeeds', async () => {
  const page = await stage.page('#/order');
  const failure = 'answered with status 503 instead of 200';
  await unit(page, 'after').getByText(`waiting for checked (healthy: ${failure})`).waitFor();
  await unit(page, 'checked').getByText(`not healthy: ${failure}`).waitFor();
  isHealthy = true;
  await unit(page, 'after')
    .getByText(/waited .*ready after/)
    .waitFor();
  await page.locator('.canvas g.unmet').waitFor({ state: 'detached' });
});

test('the boot is up to date also while a program restarts all the time', async () => {
  const flapping = await Stage.open({
    config: `[program:db]
command=/bin/sleep 100000
startsecs=0

[program:web]
command=/bin/sleep 100000
startsecs=0
depends_on=db

[program:flapping]
command=/bin/sleep 0.1
startsecs=0
autorestart=true
`,
  });
  try {
    const page = await flapping.page('#/order');
    await page.getByText(/^Ready after .*: all 2 processes ready\.$/).waitFor();
    await flapping.daemon.supervisorctl('restart', 'db', 'web');
    await page.getByText('No process was started with the daemon, or all have been').waitFor();
    expect(await page.locator('.legend > span').allInnerTexts()).toHaveLength(1);
    expect(flapping.complaints).toEqual([]);
  } finally {
    await flapping.close();
  }
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});
