import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { row, Stage, shows } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:alpha]
command=/bin/cat

[program:beta]
command=/bin/cat
process_name=beta-%(process_num)d
numprocs=2

[program:gamma]
command=/bin/cat
`,
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

async function table() {
  const page = await stage.page();
  await shows(page, 'gamma', 'Running');
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const isCurrent = (name: string) => row(page, name).and(page.locator('.current')).waitFor();
  return { page, press, isCurrent };
}

test('arrows move, r, s and x act', async () => {
  const { page, press, isCurrent } = await table();
  await press('ArrowDown');
  await isCurrent('alpha');
  await press('x');
  await shows(page, 'alpha', 'Stopped');
  await press('s');
  await shows(page, 'alpha', 'Running');
  const { stdout: before } = await stage.daemon.supervisorctl('pid', 'alpha');
  await press('r');
  await row(page, 'alpha')
    .filter({ hasText: /Running/ })
    .filter({ hasNotText: before.trim() })
    .waitFor();
  await press('ArrowDown', 'ArrowDown');
  await isCurrent('beta-0');
  await press('ArrowUp');
  await isCurrent('beta');
});

test('on a group they act on all of it, and Enter folds it', async () => {
  const { page, press, isCurrent } = await table();
  await press('ArrowDown', 'ArrowDown');
  await isCurrent('beta');
  await press('x');
  await shows(page, 'beta', '0 of 2 running');
  await press('s');
  await shows(page, 'beta', '2 of 2 running');
  await press('Enter');
  await row(page, 'beta-0').waitFor({ state: 'detached' });
  await press('Enter');
  await row(page, 'beta-0').waitFor();
});

test('Enter opens a process, l its log, Escape leads back', async () => {
  const { page, press } = await table();
  await press('ArrowDown', 'Enter');
  await page.getByRole('heading', { name: 'alpha:alpha' }).waitFor();
  await press('Escape');
  await page.getByRole('grid').waitFor();
  await press('ArrowDown', 'l');
  await page.locator('.lines').waitFor();
  await press('Escape');
  await page.getByRole('grid').waitFor();
});

test('/ filters, and what is typed there is no command', async () => {
  const { page, press, isCurrent } = await table();
  await press('/');
  await page.keyboard.type('gamma x r s');
  await page.getByText('No process matches the filter').waitFor();
  await press('Escape');
  await shows(page, 'alpha', 'Running');
  await press('/');
  await page.keyboard.type('gam');
  await row(page, 'alpha').waitFor({ state: 'detached' });
  await press('Enter');
  await isCurrent('gamma');
  await press('x');
  await shows(page, 'gamma', 'Stopped');
  await press('s');
  await shows(page, 'gamma', 'Running');
});

test('Space selects, and keys act on the selection', async () => {
  const { page, press } = await table();
  await press('ArrowDown', ' ', 'ArrowDown', 'ArrowDown', ' ');
  await page.getByRole('toolbar', { name: '2 selected' }).waitFor();
  await press('x');
  await shows(page, 'alpha', 'Stopped');
  await shows(page, 'beta-0', 'Stopped');
  await shows(page, 'beta-1', 'Running');
  await press('s');
  await shows(page, 'alpha', 'Running');
  await shows(page, 'beta-0', 'Running');
  await press('Escape');
  await page.getByRole('toolbar', { name: '2 selected' }).waitFor({ state: 'detached' });
});

test('m opens all actions, which the keyboard reaches and leaves', async () => {
  const { page, press, isCurrent } = await table();
  await press('ArrowDown', 'm');
  const dialog = page.getByRole('dialog', { name: 'alpha:alpha' });
  await dialog.waitFor();
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  // A letter that is a command elsewhere is none here.
  await press('x', 'Escape');
  await dialog.waitFor({ state: 'detached' });
  await isCurrent('alpha');
  await shows(page, 'alpha', 'Running');
});

test('? tells the keys', async () => {
  const { page, press } = await table();
  await press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('restart').waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});
