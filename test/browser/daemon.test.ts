import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { row, Stage, shows, takePicture } from './stage.ts';

let stage: Stage;
/** The one that is running now. */
let daemon: Bun.Subprocess;
let original: string;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:stays]
command=/bin/cat

[program:changes]
command=/bin/sleep 100000
stopwaitsecs=7

[program:goes]
command=/bin/cat
`,
  });
  daemon = stage.daemon.subprocess;
  original = readFileSync(stage.daemon.configPath, 'utf8');
});
afterEach(() => stage.closePages());
afterAll(async () => {
  daemon.kill('SIGTERM');
  await daemon.exited;
  await stage.close();
});

const configure = (change: (text: string) => string) =>
  writeFileSync(stage.daemon.configPath, change(original));
const changed = (text: string) =>
  `${text.replace('stopwaitsecs=7', 'stopwaitsecs=8').replace(/\[program:goes\][^[]*/, '')}
[program:comes]
command=/bin/sleep 200000
`;

describe('an update', () => {
  test('of nothing says so', async () => {
    const page = await stage.page();
    await page.getByRole('button', { name: /^Reread/ }).click();
    await page.getByRole('dialog').getByText('Nothing has changed.').waitFor();
  });

  test('of a broken configuration says what is wrong, and where', async () => {
    configure((text) => text.replace('stopwaitsecs=7', 'stopwaitsecs=long'));
    const page = await stage.page();
    await page.getByRole('button', { name: /^Reread/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The configuration is invalid').waitFor();
    await dialog.getByText(/'long'/).waitFor();
    const line = original.split('\n').indexOf('stopwaitsecs=7') + 1;
    await dialog.getByText(`${stage.daemon.configPath}:${line}`).waitFor();
    expect(await dialog.getByRole('button', { name: 'Apply' }).count()).toBe(0);
  });

  test('is shown option by option, and not done when one thinks better of it', async () => {
    configure(changed);
    const page = await stage.page();
    await page.getByRole('button', { name: /^Reread/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('+ comes').waitFor();
    await dialog.getByText('− goes').waitFor();
    const option = dialog.getByRole('row').filter({ hasText: 'stopwaitsecs' });
    expect(await option.getByRole('cell').allInnerTexts()).toEqual(['7', '8']);
    await takePicture(page, 'update');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(Object.keys(await stage.daemon.states())).toEqual(['changes', 'goes', 'stays']);
  });

  test('is not done when something else would be changed than was shown', async () => {
    const page = await stage.page();
    await page.getByRole('button', { name: /^Reread/ }).click();
    await page.getByRole('dialog').getByText('+ comes').waitFor();
    configure((text) => text.replace('stopwaitsecs=7', 'stopwaitsecs=9'));
    await stage.daemon.supervisorctl('reread');
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('log').getByText('The configuration has changed in the meantime').waitFor();
    expect(Object.keys(await stage.daemon.states())).toEqual(['changes', 'goes', 'stays']);
  });

  test('is done as it was shown', async () => {
    configure(changed);
    const page = await stage.page();
    await shows(page, 'stays', 'Running');
    const { stdout: before } = await stage.daemon.supervisorctl('pid', 'stays');
    await page.getByRole('button', { name: /^Reread/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await shows(page, 'comes', 'Running');
    await row(page, 'goes').waitFor({ state: 'detached' });
    await page.getByRole('log').getByText('3 of 3, done').waitFor();
    expect(Object.keys(await stage.daemon.states())).toEqual(['changes', 'comes', 'stays']);
    expect((await stage.daemon.supervisorctl('pid', 'stays')).stdout).toBe(before);
  });
});

test('Reload asks first, then everything is started anew', async () => {
  const page = await stage.page();
  await shows(page, 'stays', 'Running');
  const { stdout: before } = await stage.daemon.supervisorctl('pid', 'stays');
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByRole('dialog').getByText('Reload stops all processes').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Reload' }).click();
  await page.getByText('Reconnected.').waitFor();
  await shows(page, 'stays', 'Running');
  expect((await stage.daemon.supervisorctl('pid', 'stays')).stdout).not.toBe(before);
});

describe('the connection', () => {
  test('that is lost and found again is told of, and what happened meanwhile is shown', async () => {
    const page = await stage.page();
    await shows(page, 'changes', 'Running');
    daemon.kill('SIGTERM');
    await daemon.exited;
    await page.getByText('Connection to supervisord lost').waitFor();
    await takePicture(page, 'lost');
    configure((text) => text.replace('[program:changes]', '[program:changes]\nautostart=false'));
    daemon = Bun.spawn([...ours, '-n', '-c', stage.daemon.configPath], {
      stdout: 'ignore',
      stderr: 'ignore',
    });
    await page.getByText('Reconnected.').waitFor();
    await shows(page, 'changes', 'Stopped');
    await shows(page, 'goes', 'Running');
    await page.getByText('Reconnected.').waitFor({ state: 'detached' });
  });

  test('that is missed by an action is told there', async () => {
    const page = await stage.page();
    await shows(page, 'goes', 'Running');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Stop goes:goes' }).click();
    await page.getByRole('log').getByText('no connection to supervisord').waitFor();
    await page.context().setOffline(false);
  });
});

test('Shut down asks first, then ends the daemon', async () => {
  const page = await stage.page();
  await shows(page, 'stays', 'Running');
  await page.getByRole('button', { name: 'Shut down' }).click();
  await page.getByRole('dialog').getByText('Shutting down stops all processes').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click();
  await eventually(() => daemon.exitCode === 0, { what: 'the end of the daemon' });
  await page.getByText('Connection to supervisord lost').waitFor();
});

test('the browser complains of nothing but the lost connection', () => {
  expect(stage.complaints.filter((text) => !text.includes('net::ERR_'))).toEqual([]);
});
