// What programs with ready=notify say of themselves.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { row, Stage, shows, takePicture } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    config: `[program:told]
command=/bin/sh -c 'systemd-notify --ready --status="Serving <b>42</b> clients"; while [ ! -e reload ]; do sleep 0.05; done; systemd-notify RELOADING=1; sleep 1000'
directory=%(here)s
ready=notify

[program:plain]
command=/bin/cat
`,
  });
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

test('is behind their description, and on their page, and follows changes', async () => {
  const page = await stage.page();
  await shows(page, 'told', 'Serving <b>42</b> clients');
  await shows(page, 'told', /running/i);
  const text = row(page, 'told').locator('.status-text');
  expect(await text.getAttribute('title')).toBe('Serving <b>42</b> clients');
  expect(await row(page, 'plain').locator('.status-text').count()).toBe(0);
  await takePicture(page, 'told');
  await Bun.write(stage.daemon.path('reload'), '');
  await shows(page, 'told', 'reloading: Serving <b>42</b> clients');
  await page.goto(`${stage.url}#/process/told%3Atold`);
  const fact = page.locator('.facts > div').filter({ hasText: 'Says' });
  await fact.filter({ hasText: 'reloading: Serving <b>42</b> clients' }).waitFor();
  await takePicture(page, 'told-page');
  expect(stage.complaints).toEqual([]);
});
