import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { row, Stage, shows, takePicture } from './stage.ts';

const axe = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:nginx]
command=/bin/cat

[program:worker]
command=/bin/sleep 100000
process_name=worker-%(process_num)d
numprocs=3

[program:hopeless]
command=/bin/sh -c 'echo "\\033[31mno database\\033[0m \\033[2mno work\\033[0m"; exit 1'
startretries=0

[program:slow]
command=/bin/cat
startsecs=3600

[program:backing-off]
command=/bin/sh -c 'exit 3'
startretries=100000

[program:off]
command=/bin/cat
autostart=false

[program:patient]
command=/bin/cat
depends_on=hopeless, worker=started
`,
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

describe('the language', () => {
  test.each([
    ['zh-CN', 'zh-CN', '运行中'],
    ['zh-TW', 'zh-CN', '运行中'],
    ['en-GB', 'en', 'Running'],
    ['fr-FR', 'en', 'Running'],
  ])('of a browser in %s is %s', async (locale, language, running) => {
    const page = await stage.page('', { locale });
    await shows(page, 'nginx', running);
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
  });

  test('is switched, and stays so', async () => {
    const page = await stage.page();
    await page.getByRole('button', { name: '中文' }).click();
    await shows(page, 'nginx', '运行中');
    await page.reload();
    await shows(page, 'nginx', '运行中');
    await page.getByRole('button', { name: 'English' }).click();
    await shows(page, 'nginx', 'Running');
  });

  test('is one on every view: nothing is left in the other', async () => {
    const page = await stage.page('', { locale: 'zh-CN' });
    const text = async () => ((await page.locator('#page').textContent()) ?? '').replace(/English/g, '');
    await shows(page, 'hopeless', '启动失败');
    await shows(page, 'nginx', /进程号 \d+，已运行 \d/);
    expect(await text()).not.toMatch(
      /\b(Running|Stopped|Fatal|Refresh|Restart|Stop|Filter|uptime|Memory|Actions)\b/,
    );
    await page.goto(`${stage.url}#/process/nginx%3Anginx`);
    await page.getByRole('rowheader', { name: 'command' }).waitFor();
    expect(await text()).not.toMatch(
      /\b(Running|Start|Stop|Clear|Configuration|Option|Value|default|From)\b/,
    );
    await page.goto(`${stage.url}#/order`);
    await page.getByText('正在等待 hopeless').waitFor();
    expect(await text()).not.toMatch(/\b(Order|Step|waiting|met|ready|started|Fatal|Running)\b/);
    await page.goto(`${stage.url}#/log/nginx%3Anginx/stdout`);
    await page.getByText('跟踪中').waitFor();
    expect(await text()).not.toMatch(/\b(Pause|Follow|Wrap|Download|Search)\b/);
  });
});

describe('the theme', () => {
  const ground = (page: Page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  test('is that of the system', async () => {
    const light = await ground(await stage.page('', { colorScheme: 'light' }));
    const dark = await ground(await stage.page('', { colorScheme: 'dark' }));
    expect(brightness(light)).toBeGreaterThan(200);
    expect(brightness(dark)).toBeLessThan(50);
  });

  test('is chosen otherwise, and stays so', async () => {
    const page = await stage.page('', { colorScheme: 'light' });
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('Dark');
    expect(brightness(await ground(page))).toBeLessThan(50);
    await page.reload();
    expect(brightness(await ground(page))).toBeLessThan(50);
  });
});

describe('on a phone', () => {
  test('no view is wider than the screen', async () => {
    const page = await stage.page('', phone);
    await shows(page, 'nginx', 'Running');
    const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    for (const path of [
      '',
      '#/process/hopeless%3Ahopeless',
      '#/order',
      '#/log/hopeless%3Ahopeless/stdout',
      '#/log',
    ]) {
      await page.goto(stage.url + path);
      await page.getByRole('banner').waitFor();
      expect([path, await isTooWide()]).toEqual([path, false]);
    }
  });

  test('a process is stopped and started with a finger', async () => {
    const page = await stage.page('', phone);
    await shows(page, 'nginx', 'Running');
    const size = await page.getByRole('button', { name: 'Stop nginx:nginx' }).boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(36);
    await page.getByRole('button', { name: 'Stop nginx:nginx' }).tap();
    await shows(page, 'nginx', 'Stopped');
    await page.getByRole('button', { name: 'Start nginx:nginx' }).tap();
    await shows(page, 'nginx', 'Running');
  });
});

const views: readonly (readonly [name: string, path: string, ready: (page: Page) => Promise<unknown>])[] = [
  ['processes', '', (page) => row(page, 'off').waitFor()],
  [
    'process',
    '#/process/hopeless%3Ahopeless',
    (page) => page.getByRole('rowheader', { name: 'command' }).waitFor(),
  ],
  ['order', '#/order', (page) => page.getByRole('link', { name: 'patient' }).waitFor()],
  [
    'dependent',
    '#/process/patient%3Apatient',
    (page) => page.getByRole('rowheader', { name: 'command' }).waitFor(),
  ],
  ['log', '#/log/hopeless%3Ahopeless/stdout', (page) => page.getByText('no database').first().waitFor()],
  ['main-log', '#/log', (page) => page.getByText(/supervisord started/).waitFor()],
];

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([
    ['en-US', 'desk', {}],
    ['zh-CN', 'phone', phone],
  ] as const)('every view is accessible, also in contrast (%s, %s)', async (locale, device, options) => {
    const page = await stage.page('', { ...options, locale, colorScheme });
    for (const [name, path, ready] of views) {
      await page.goto(stage.url + path);
      await ready(page);
      expect(await violations(page)).toEqual([]);
      await takePicture(page, `${name}-${colorScheme}-${locale}-${device}`);
    }
  });

  test('the dialogs and notices are accessible too', async () => {
    const page = await stage.page('', { colorScheme });
    await shows(page, 'nginx', 'Running');
    for (const open of ['Reload', 'Stop All', 'Keyboard shortcuts', /^Reread/, 'More actions nginx:nginx']) {
      await page.getByRole('button', { name: open }).click();
      await page.getByRole('dialog').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('checkbox', { name: 'Select nginx' }).check();
    await page.getByRole('button', { name: 'Start hopeless:hopeless' }).click();
    await page.getByRole('log').getByText('1 failed').waitFor();
    expect(await violations(page)).toEqual([]);
    await takePicture(page, `failure-${colorScheme}`);
  });
});

test('the browser has nothing to complain of', () => {
  expect(stage.complaints).toEqual([]);
});

/** What WCAG 2.1 AA forbids, as axe finds it. */
async function violations(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run: (options: object) => Promise<AxeResults> = Reflect.get(Reflect.get(globalThis, 'axe'), 'run');
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
    const { violations } = await run({ runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, nodes }) => [
      id,
      nodes.slice(0, 3).map(({ html, failureSummary }) => [html, failureSummary]),
    ]);
  });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Of `rgb(…)`, from 0 to 255. */
function brightness(colour: string): number {
  const [red = 0, green = 0, blue = 0] = colour.match(/[\d.]+/g)?.map(Number) ?? [];
  return (red + green + blue) / 3;
}
