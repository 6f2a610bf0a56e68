import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, writeFileSync } from 'node:fs';
import { eventually } from '../support/eventually.ts';
import { row, Stage, shows } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:cat]
command=/bin/cat

[program:stubborn]
command=/bin/sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
stopwaitsecs=3
startsecs=0

[program:nowhere]
command=%(here)s/appears-later
autostart=false
startretries=0

[program:hears]
command=/bin/sh -c 'trap "echo heard" USR1; echo listening; while :; do sleep 0.1; done'
stopsignal=KILL
stopasgroup=true

[program:crew]
command=/bin/sleep 100000
process_name=%(program_name)s-%(process_num)d
numprocs=3

[program:off]
command=/bin/cat
autostart=false
`,
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

const state = async (name: string) => (await stage.daemon.states())[name];
const becomes = (name: string, wanted: string) =>
  eventually(async () => (await state(name)) === wanted, { what: `${name} ${wanted}`, timeoutMs: 60_000 });

describe('a process', () => {
  test('is stopped, started and restarted by the buttons of its row', async () => {
    const page = await stage.page();
    await shows(page, 'cat', 'Running');
    await page.getByRole('button', { name: 'Stop cat:cat' }).click();
    await shows(page, 'cat', 'Stopped');
    expect(await state('cat')).toBe('STOPPED');
    await page.getByRole('button', { name: 'Start cat:cat' }).click();
    await shows(page, 'cat', 'Running');
    expect(await state('cat')).toBe('RUNNING');
    const { stdout: before } = await stage.daemon.supervisorctl('pid', 'cat');
    await page.getByRole('button', { name: 'Restart cat:cat' }).click();
    await eventually(
      async () => {
        const { stdout: now } = await stage.daemon.supervisorctl('pid', 'cat');
        return now.trim() !== '0' && now !== before;
      },
      { what: 'another pid' },
    );
    await shows(page, 'cat', 'Running');
  });

  test('gets a signal', async () => {
    const page = await stage.page();
    await eventually(() => log('hears').includes('listening'), { what: 'the trap' });
    await page.getByRole('button', { name: 'More actions hears:hears' }).click();
    const dialog = page.getByRole('dialog', { name: 'hears:hears' });
    await dialog.getByRole('combobox', { name: 'Signal' }).selectOption('SIGUSR1');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await eventually(() => log('hears').includes('heard'), { what: 'the signal' });
    await page.getByRole('log').getByText('Signal done').waitFor();
  });

  test('has its log cleared, running or not', async () => {
    const page = await stage.page();
    await becomes('stubborn', 'RUNNING');
    for (const name of ['hears', 'stubborn']) {
      await eventually(() => log(name) !== '', { what: `a line of ${name}` });
      await page.getByRole('button', { name: `More actions ${name}:${name}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Clear log' }).click();
      await eventually(() => log(name) === '', { what: 'an empty log' });
    }
  });

  test('that cannot be started says why in its row, until it is started', async () => {
    const page = await stage.page();
    await page.getByRole('button', { name: 'Start nowhere:nowhere' }).click();
    await shows(page, 'nowhere', /no such file/);
    await page.getByRole('log').getByText('1 failed').waitFor();
    writeFileSync(stage.daemon.path('appears-later'), '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
    await page.getByRole('button', { name: 'Start nowhere:nowhere' }).click();
    await shows(page, 'nowhere', 'Running');
    await row(page, 'nowhere')
      .getByText(/no such file/)
      .waitFor({ state: 'detached' });
  });

  test('that takes long to stop shows that it goes on', async () => {
    const page = await stage.page();
    await becomes('stubborn', 'RUNNING');
    await page.getByRole('button', { name: 'Stop stubborn:stubborn' }).click();
    await shows(page, 'stubborn', 'Stopping');
    await page.getByRole('log').getByRole('progressbar').waitFor();
    await shows(page, 'stubborn', 'Stopped');
    await shows(page, 'stubborn', 'SIGKILL');
    await page.getByRole('log').getByRole('progressbar').waitFor({ state: 'detached' });
  });
});

describe('many at once', () => {
  test('a group is stopped and started', async () => {
    const page = await stage.page();
    await shows(page, 'crew', '3 of 3 running');
    await page.getByRole('button', { name: 'Stop crew:*' }).click();
    await shows(page, 'crew', '0 of 3 running');
    await page.getByRole('log').getByText('3 of 3, done').waitFor();
    await page.getByRole('button', { name: 'Start crew:*' }).click();
    await shows(page, 'crew', '3 of 3 running');
  });

  test('what is selected is stopped and started', async () => {
    const page = await stage.page();
    await shows(page, 'crew-2', 'Running');
    for (const name of ['cat', 'crew-1'])
      await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    const bar = page.getByRole('toolbar', { name: '2 selected' });
    await bar.getByRole('button', { name: 'Stop' }).click();
    await shows(page, 'cat', 'Stopped');
    await shows(page, 'crew-1', 'Stopped');
    await shows(page, 'crew', '2 of 3 running');
    await bar.getByRole('button', { name: 'Start', exact: true }).click();
    await shows(page, 'cat', 'Running');
    await shows(page, 'crew', '3 of 3 running');
    await bar.getByRole('button', { name: 'Clear selection' }).click();
    await bar.waitFor({ state: 'detached' });
  });

  test('all are stopped and restarted, after a question', async () => {
    const page = await stage.page();
    await shows(page, 'crew', '3 of 3 running');
    await page.getByRole('button', { name: 'Stop All' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await state('cat')).toBe('RUNNING');
    await page.getByRole('button', { name: 'Stop All' }).click();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stopped 8' }).waitFor();
    await page.getByRole('button', { name: 'Restart All' }).click();
    await dialog.getByRole('button', { name: 'Restart' }).click();
    await page.getByRole('button', { name: 'Running 8' }).waitFor();
    expect(Object.values(await stage.daemon.states())).toEqual(Array(8).fill('RUNNING'));
  });

  test('what fails of many is told for each, and the others are done', async () => {
    const page = await stage.page();
    await stage.daemon.supervisorctl('stop', 'crew:crew-0', 'nowhere');
    chmodSync(stage.daemon.path('appears-later'), 0o644);
    await shows(page, 'nowhere', 'Stopped');
    for (const name of ['nowhere', 'crew-0'])
      await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await page
      .getByRole('toolbar', { name: '2 selected' })
      .getByRole('button', { name: 'Start', exact: true })
      .click();
    await shows(page, 'crew-0', 'Running');
    await shows(page, 'nowhere', /not executable/);
    await page.getByRole('log').getByText('2 of 2, 1 failed').waitFor();
  });
});

test('Refresh asks for everything anew', async () => {
  const page = await stage.page();
  await shows(page, 'cat', 'Running');
  const asked = page.waitForRequest((request) => request.url().endsWith('/ui/feed'));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await asked;
  await shows(page, 'cat', 'Running');
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});

/** What the process has written. */
function log(name: string): string {
  const [file] = new Bun.Glob(`${name}-stdout---supervisor-*.log`).scanSync(stage.daemon.directory);
  return file ? stage.daemon.read(file) : '';
}
