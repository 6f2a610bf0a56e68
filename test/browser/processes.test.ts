import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { names, row, Stage, shows } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:redis]
command=/usr/bin/redis-server --port 0 --save "" --unixsocket %(here)s/redis.sock

[program:web]
command=/bin/sleep 100000
process_name=web-%(process_num)02d
numprocs=3

[program:hopeless]
command=/bin/sh -c 'exit 7'
startretries=0

[program:killed]
command=/bin/sh -c 'kill -9 $$'
startsecs=0
autorestart=false

[program:tree]
command=/bin/sh -c '(while :; do :; done) & cat /dev/zero | head -c 20000000 | sort & wait; wait'
stopasgroup=true

[program:idle]
command=/bin/sleep 100000
process_name=idle-%(process_num)02d
numprocs=20
autostart=false
`,
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe('the table', () => {
  test('shows every process by group, with what supervisorctl says of it', async () => {
    const page = await stage.page();
    await shows(page, 'redis', 'Running');
    await shows(page, 'hopeless', 'Fatal');
    await shows(page, 'hopeless', 'Exited too quickly');
    await shows(page, 'hopeless', 'code 7');
    await shows(page, 'killed', 'Exited');
    await shows(page, 'killed', 'SIGKILL');
    await shows(page, 'web', '3 of 3 running');
    await shows(page, 'idle-00', 'Not started');
    const { stdout } = await stage.daemon.supervisorctl('pid', 'redis');
    await shows(page, 'redis', new RegExp(`pid ${stdout.trim()}, uptime \\d:\\d\\d:\\d\\d`));
    expect(await names(page)).toEqual([
      ...[
        'hopeless',
        '▾ idle',
        ...Array.from({ length: 20 }, (_, at) => `idle-${String(at).padStart(2, '0')}`),
      ],
      ...['killed', 'redis', 'tree', '▾ web', 'web-00', 'web-01', 'web-02'],
    ]);
  });

  test('shows the daemon itself', async () => {
    const page = await stage.page();
    const head = page.getByRole('banner');
    await head.getByText('running').waitFor();
    await head.getByText(`pid ${stage.daemon.pid}`).waitFor();
    await head.getByText(/^tsupervisor \d/).waitFor();
    await head.getByText(/^up \d+:\d\d:\d\d$/).waitFor();
    await head.getByText(/^load \d+\.\d\d \d+\.\d\d \d+\.\d\d$/).waitFor();
    expect(await page.title()).toContain('supervisor');
  });

  test('shows what a process and its descendants use, with a line of the last minutes', async () => {
    const page = await stage.page();
    const cpu = row(page, 'tree').locator('.c-cpu');
    // Only a descendant is busy.
    await cpu.filter({ hasText: /[1-9]/ }).waitFor();
    await cpu.locator('polyline').waitFor({ state: 'attached' });
    await row(page, 'redis')
      .locator('.c-memory')
      .filter({ hasText: /[1-9].* MB/ })
      .waitFor();
  });

  test('follows what happens, and counts restarts', async () => {
    const page = await stage.page();
    await shows(page, 'web-00', 'Running');
    await stage.daemon.supervisorctl('stop', 'web:web-00');
    await shows(page, 'web-00', 'Stopped');
    await shows(page, 'web', '2 of 3 running');
    await stage.daemon.supervisorctl('start', 'web:web-00');
    await shows(page, 'web-00', 'Running');
    await row(page, 'web-00').locator('.c-restarts').getByText('1', { exact: true }).waitFor();
  });

  test('redraws nothing of the others when one process changes', async () => {
    const page = await stage.page();
    await shows(page, 'idle-05', 'Stopped');
    await page.evaluate(() => {
      const touched = new Set<string>();
      Object.assign(globalThis, { touched });
      new MutationObserver((mutations) => {
        for (const { target } of mutations) {
          const changed = (target instanceof Element ? target : target.parentElement)?.closest('.row');
          touched.add(changed?.querySelector('.c-name')?.textContent ?? 'what is no row');
        }
      }).observe(document.querySelector('.drawn') ?? document, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    });
    await stage.daemon.supervisorctl('start', 'idle:idle-05');
    await shows(page, 'idle-05', 'Running');
    const touched = await page.evaluate(() => [...Reflect.get(globalThis, 'touched')].map(String));
    expect(touched).toContain('idle-05');
    expect(touched.filter((name) => name.startsWith('idle-') && name !== 'idle-05')).toEqual([]);
    expect(touched).not.toContain('what is no row');
    await stage.daemon.supervisorctl('stop', 'idle:idle-05');
  });
});

describe('one sees less', () => {
  test('by typing a part of the name', async () => {
    const page = await stage.page();
    await shows(page, 'redis', 'Running');
    const filter = page.getByRole('searchbox', { name: 'Filter by name' });
    await filter.fill('WEB 1');
    await eventually(async () => (await names(page)).join() === '▾ web,web-01', {
      what: 'the filtered names',
    });
    await filter.fill('nothing like it');
    await page.getByText('No process matches the filter').waitFor();
  });

  test('by state', async () => {
    const page = await stage.page();
    await page.getByRole('button', { name: 'Fatal 1' }).click();
    await eventually(async () => (await names(page)).join() === 'hopeless', { what: 'the fatal one alone' });
    await page.getByRole('button', { name: 'Exited 1' }).click();
    await eventually(async () => (await names(page)).join() === 'hopeless,killed', { what: 'both' });
    await page.getByRole('button', { name: /^All/ }).click();
    await row(page, 'redis').waitFor();
  });

  test('by folding groups, also the next time', async () => {
    const page = await stage.page();
    await row(page, 'web').getByRole('button', { name: 'Fold web' }).click();
    await row(page, 'web-00').waitFor({ state: 'detached' });
    await page.reload();
    await row(page, 'web').getByRole('button', { name: 'Unfold web' }).click();
    await row(page, 'web-00').waitFor();
  });
});

test('the table is sorted by what one presses in its head', async () => {
  const page = await stage.page();
  await shows(page, 'hopeless', 'Fatal');
  const head = page.getByRole('columnheader');
  await head.filter({ hasText: 'State' }).getByRole('button').click();
  // What needs attention stands first; groups are not kept together.
  await eventually(async () => (await names(page))[0] === 'hopeless', { what: 'the fatal one at the top' });
  expect(await head.filter({ hasText: 'State' }).getAttribute('aria-sort')).toBe('ascending');
  await head.filter({ hasText: 'CPU' }).getByRole('button').click();
  await eventually(async () => (await names(page))[0] === 'tree', { what: 'the busy one at the top' });
  await head.filter({ hasText: 'Name' }).getByRole('button').click();
  await head.filter({ hasText: 'Name' }).getByRole('button').click();
  await eventually(async () => (await names(page))[0] === '▾ web', { what: 'the last name at the top' });
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});
