// How long somebody waits for the page.
import { launchBrowser } from '../support/browser.ts';
import type { Daemon } from '../support/daemon.ts';
import { compare, median, type Row, timeUntil } from './measure.ts';

const hundred = {
  config: `[program:many]
command=/bin/sleep 100000
process_name=many-%(process_num)02d
numprocs=100
`,
};

export async function measurePage(): Promise<Row[]> {
  return [
    await compare('first paint of the page, 100 processes', 'ms', hundred, firstPaint),
    await compare('all that can be seen of 100 processes', 'ms', hundred, tableShown),
  ];
}

/** As the browser reports it, from the beginning of the navigation. */
function firstPaint(daemon: Daemon): Promise<number> {
  return medianOfVisits(daemon, "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0");
}

function tableShown(daemon: Daemon): Promise<number> {
  return medianOfVisits(daemon, 'globalThis.tableShownAt ?? 0');
}

/** Looks once a frame. */
const watchTable = `(function look() {
  if (document.body?.innerText.includes('many-05')) globalThis.tableShownAt = performance.now();
  else requestAnimationFrame(look);
})()`;

/** Milliseconds that `expression` gives once it is above 0, for visitors who never were here before. */
async function medianOfVisits(daemon: Daemon, expression: string): Promise<number> {
  const browser = await launchBrowser();
  try {
    const times: number[] = [];
    for (let visit = 0; visit < VISITS; visit += 1) {
      const page = await browser.newPage();
      await page.addInitScript(watchTable);
      await page.goto(`http://127.0.0.1:${daemon.port}/`);
      let time = 0;
      await timeUntil(async () => {
        time = Number(await page.evaluate(expression));
        return time > 0;
      }, 20);
      times.push(time);
      await page.close();
    }
    return median(times);
  } finally {
    await browser.close();
  }
}

const VISITS = 9;
