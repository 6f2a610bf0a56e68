import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { Stage, takePicture } from './stage.ts';

/** What a program may print to become markup, or to obey a terminal. */
const hostile = [
  '<script>document.title="taken"</script><img src=x onerror="document.title=\'taken\'">',
  '</div></main><h1>taken</h1>',
  '\x1b[31mred\x1b[0m \x1b[1;44mbold on blue\x1b[0m \x1b[38;5;208morange\x1b[0m',
  '\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07 \x1b[2J\x1b[H\x00\x07 tab\there',
  'javascript:alert(1) &lt;b&gt; {{7*7}}',
];
const [tsupervisor] = ours;
const MANY = 200_000;

let stage: Stage;
let big: string;
let small: string;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:talks]
command=/bin/sh -c 'cat hostile.txt; echo complaint >&2; n=0; while :; do n=$((n+1)); echo "line $n"; sleep 0.2; done'
directory=%(here)s

[program:big]
command=/bin/cat
stdout_logfile=%(here)s/big.log
stdout_logfile_maxbytes=0

[program:small]
command=/bin/cat
stdout_logfile=%(here)s/small.log
stderr_logfile=NONE

[program:flood]
command=/usr/bin/perl -e '$i = 0; $l = "x" x 80; while (1) { print map { ++$i . " $l\\n" } 1 .. 500; select(undef, undef, undef, 0.01) }'
autostart=false
stdout_logfile=%(here)s/flood.log
stdout_logfile_maxbytes=50MB
`,
    files: { 'hostile.txt': `${hostile.join('\n')}\n`, 'big.log': '', 'small.log': 'first\nsecond\n' },
  });
  big = stage.daemon.path('big.log');
  small = stage.daemon.path('small.log');
  // 100 MB, in lines that know their number.
  const file = openSync(big, 'a');
  const padding = '.'.repeat(490);
  for (let from = 0; from < MANY; from += 1000) {
    const lines = Array.from({ length: 1000 }, (_, at) => `number ${from + at} ${padding}\n`);
    writeSync(file, lines.join(''));
  }
  closeSync(file);
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

const open = (name: string, channel = 'stdout') => stage.page(`#/log/${name}%3A${name}/${channel}`);
const lines = (page: Page) => page.locator('.lines');
const contains = (page: Page, text: string) => lines(page).getByText(text, { exact: true }).waitFor();

describe('a log', () => {
  test('is shown and followed, stdout and stderr', async () => {
    const page = await open('talks');
    await contains(page, 'line 3');
    await page.getByText('following').waitFor();
    await page.getByRole('link', { name: 'stderr' }).click();
    await contains(page, 'complaint');
  });

  test('never becomes markup, whatever is in it', async () => {
    const page = await open('talks');
    for (const line of [hostile[0], hostile[1], hostile[4]]) await contains(page, line ?? '');
    expect(await page.locator('.lines :is(script, img, h1, a)').count()).toBe(0);
    expect(await page.title()).toContain('talks');
    await contains(page, 'link  tab\there');
  });

  test('shows colours as colours', async () => {
    const page = await open('talks');
    const colourOf = (text: string, property: string) =>
      lines(page)
        .getByText(text, { exact: true })
        .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    const plain = await colourOf('line 1', 'color');
    expect(await colourOf('red', 'color')).not.toBe(plain);
    expect(await colourOf('orange', 'color')).not.toBe(plain);
    expect(await colourOf('bold on blue', 'font-weight')).toBe('700');
    expect(await colourOf('bold on blue', 'background-color')).not.toBe('rgba(0, 0, 0, 0)');
    await takePicture(page, 'log');
  });

  test('stands still while it is paused, then goes on without a gap', async () => {
    const page = await open('talks');
    await contains(page, 'line 3');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused').waitFor();
    const count = () => lines(page).locator('.block > div').count();
    const before = await count();
    const written = () => log('talks').split('\n').length;
    const start = written();
    await eventually(() => written() > start + 3, { what: 'more lines in the file' });
    expect(await count()).toBe(before);
    await page.getByRole('button', { name: 'Follow' }).click();
    await eventually(async () => (await count()) > before + 3, { what: 'more lines on the page' });
    const shown = await lines(page)
      .getByText(/^line \d+$/)
      .allTextContents();
    expect(shown).toEqual(shown.map((_, at) => `line ${at + 1}`));
  });

  test('is wrapped or not', async () => {
    const page = await open('big');
    await contains(page, `number ${MANY - 1} ${'.'.repeat(490)}`);
    const isWide = () => lines(page).evaluate((place) => place.scrollWidth > place.clientWidth);
    expect(await isWide()).toBe(false);
    await page.getByRole('button', { name: 'Wrap lines' }).click();
    await eventually(isWide, { what: 'long lines' });
  });

  test('is downloaded as it is', async () => {
    writeFileSync(small, 'first\nsecond\n<b>\x1b[1mthird\n');
    const page = await open('small');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('small-stdout.log');
    expect(await Bun.file(await file.path()).text()).toBe('first\nsecond\n<b>\x1b[1mthird\n');
  });

  test('goes on in a new file after a rotation, and says when it was emptied', async () => {
    const page = await open('talks');
    await contains(page, 'line 3');
    const { stderr } = await run([tsupervisor, 'rotate', '-c', stage.daemon.configPath, 'talks']);
    expect(stderr).toBe('');
    await page.getByText('New file after rotation.').waitFor();
    await eventually(() => log('talks') !== '', { what: 'a line in the new file' });
    await contains(page, log('talks').split('\n')[0] ?? '');
    await stage.daemon.supervisorctl('clear', 'talks');
    await page
      .getByText(/New file|was truncated/)
      .nth(1)
      .waitFor();
  });

  test('of the daemon itself is shown too', async () => {
    const page = await stage.page();
    await page.getByRole('link', { name: 'Main log' }).click();
    await lines(page)
      .getByText(/INFO supervisord started with pid/)
      .waitFor();
  });

  test('that does not exist is told of', async () => {
    const page = await open('small', 'stderr');
    await page.getByText('No such log.').waitFor();
  });
});

describe('a log of 100 MB', () => {
  test('is read backwards by scrolling', async () => {
    const page = await open('big');
    await contains(page, `number ${MANY - 1} ${'.'.repeat(490)}`);
    const first = async () =>
      Number((await lines(page).locator('.block > div').first().textContent())?.split(' ')[1]);
    for (let wanted = MANY - 1000; wanted > MANY - 1400; wanted -= 100) {
      await eventually(
        async () => {
          await lines(page).evaluate((place) => place.scrollTo(0, 0));
          return (await first()) < wanted;
        },
        { what: `lines before ${wanted}`, timeoutMs: 60_000 },
      );
    }
    // Without a gap, and each once.
    const numbers = (await lines(page).locator('.block > div').allTextContents()).map(
      (line) => line.split(' ')[1],
    );
    expect(numbers).toEqual(numbers.map((_, at) => String(Number(numbers[0]) + at)));
  });

  test('is searched, on the page and further back', async () => {
    const page = await open('big');
    await contains(page, `number ${MANY - 1} ${'.'.repeat(490)}`);
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.fill(`NUMBER ${MANY - 1}`);
    await page.getByText('0 of 1').waitFor();
    await search.press('Enter');
    await page.getByText('1 of 1').waitFor();
    expect(await page.evaluate(() => CSS.highlights.get('current-match')?.size)).toBe(1);
    await search.fill('number 4711 ');
    await page.getByText('no match').waitFor();
    await page.getByRole('button', { name: 'Search older lines' }).click();
    await page.getByText('1 of 1').waitFor();
    await lines(page).getByText('number 4711 ').waitFor();
    await page.getByText('paused').waitFor();
    await search.fill('is nowhere');
    await page.getByRole('button', { name: 'Search older lines' }).click();
    await page.getByText('not found in older lines').waitFor();
    await page.getByRole('button', { name: 'Jump to end' }).click();
    await contains(page, `number ${MANY - 1} ${'.'.repeat(490)}`);
  });
});

test('50,000 lines a second freeze neither the page nor the daemon', async () => {
  const page = await open('flood');
  await stage.daemon.supervisorctl('start', 'flood');
  await page.reload();
  const newest = async () =>
    Number((await lines(page).locator('.block > div').last().textContent())?.split(' ')[0]);
  await lines(page)
    .getByText(/^\d+ x+$/)
    .last()
    .waitFor();
  const before = await newest();
  await eventually(async () => (await newest()) > before + 100_000, { what: 'the flood', timeoutMs: 60_000 });
  await page.getByText(/arrived too fast to be shown/).waitFor();
  expect(await lines(page).locator('.block > div').count()).toBeLessThan(25_000);
  // Both answer as if nothing were: the page to a click, the daemon to a call.
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('paused').waitFor();
  expect((await stage.daemon.supervisorctl('stop', 'flood')).stdout).toBe('flood: stopped\n');
});

test('the browser complains of nothing but the log that does not exist', () => {
  expect(stage.complaints.filter((text) => !text.includes('404'))).toEqual([]);
});

/** What the process has written. */
function log(name: string): string {
  const [file] = new Bun.Glob(`${name}-stdout---supervisor-*.log`).scanSync(stage.daemon.directory);
  return file ? stage.daemon.read(file) : '';
}
