// Pages of other sites in the visitor's browser, and proxies before us, which are no other sites.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { Stage, shows } from './stage.ts';

let stage: Stage;
let evil: Bun.Server<undefined>;
let nginx: Bun.Subprocess;
const ports = { guarded: 0, allowing: 0, plain: 0, passing: 0, encrypted: 0, told: 0 };

beforeAll(async () => {
  for (const name of ['guarded', 'allowing', 'plain', 'passing', 'encrypted', 'told'] as const)
    ports[name] = await freePort();
  stage = await Stage.open(
    {
      config: `[inet_http_server:allowing]
port=127.0.0.1:${ports.allowing}
allowed_hosts=status.example

[inet_http_server:guarded]
port=127.0.0.1:${ports.guarded}
username=user
password=secret

[program:cat]
command=/bin/cat
startsecs=0
`,
    },
    ['--host-resolver-rules=MAP *.example 127.0.0.1'],
  );
  evil = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () =>
      new Response('<!DOCTYPE html><title>evil</title>', { headers: { 'Content-Type': 'text/html' } }),
  });
  nginx = await startNginx();
});
afterEach(() => stage.closePages());
afterAll(async () => {
  nginx.kill('SIGTERM');
  await nginx.exited;
  await evil.stop(true);
  await stage.close();
});

const isRunning = async () => (await stage.daemon.states())['cat'] === 'RUNNING';

describe('a site whose name was turned to us', () => {
  test('sees nothing, and its visitor is told why', async () => {
    const page = await stage.page();
    const answer = await page.goto(`http://evil.example:${stage.daemon.port}/`);
    expect(answer?.status()).toBe(403);
    await page.getByText('This server is not known as evil.example').waitFor();
    await page.getByText('allowed_hosts').waitFor();
  });
});

describe('a page of another site', () => {
  async function evilPage(): Promise<Page> {
    const page = await stage.page();
    await page.goto(`http://evil.example:${evil.port}/`);
    return page;
  }

  test('can send no call, whatever it declares it to be', async () => {
    const page = await evilPage();
    const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.stopProcess</methodName>
<params><param><value><string>cat</string></value></param></params></methodCall>`;
    const sent = await page.evaluate(
      async ({ url, body }) => {
        const outcomes: string[] = [];
        const tries = [
          ['RPC2', body, 'text/plain'],
          ['RPC2', body, 'text/xml'],
          ['?processname=cat&action=stop', '', 'application/x-www-form-urlencoded'],
          ['ui/operation', '{"operation":"stop","targets":["cat"]}', 'text/plain'],
          ['ui/shutdown', '', 'text/plain'],
          ['api/v1/supervisor.shutdown', '{}', 'text/plain'],
        ] as const;
        for (const [path, data, type] of tries) {
          for (const mode of ['no-cors', 'cors'] as const) {
            const init = { method: 'POST', mode, body: data, headers: { 'Content-Type': type } };
            const answer = await fetch(url + path, init).catch(() => null);
            outcomes.push(answer === null ? 'refused' : answer.type);
          }
        }
        return outcomes;
      },
      { url: stage.url, body },
    );
    // An opaque answer says nothing of what was done, which was nothing.
    expect(new Set(sent)).toEqual(new Set(['refused', 'opaque']));
    expect(await isRunning()).toBe(true);
  });

  test('can read nothing', async () => {
    const page = await evilPage();
    const read = await page.evaluate(async (url) => {
      const paths = [
        '',
        'ui/feed',
        'ui/log/follow',
        'metrics',
        'api/v1/supervisor.getAllProcessInfo',
        'mainlogtail',
      ];
      const answers = paths.map((path) =>
        fetch(url + path).then(
          (answer) => answer.text(),
          () => 'refused',
        ),
      );
      return Promise.all(answers);
    }, stage.url);
    expect(new Set(read)).toEqual(new Set(['refused']));
  });

  test('can post no form', async () => {
    const page = await evilPage();
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.evaluate((url) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = `${url}?processname=cat&action=stop`;
      document.body.append(form);
      form.submit();
    }, stage.url);
    expect((await answer).status()).toBe(403);
    expect(await isRunning()).toBe(true);
  });

  test('can show a link, which asks before it acts', async () => {
    const page = await evilPage();
    await page.evaluate((url) => {
      location.href = `${url}?processname=cat&action=stop`;
    }, stage.url);
    await page.getByRole('dialog').getByText('A link or another site asks for this: Stop cat').waitFor();
    expect(await isRunning()).toBe(true);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.reload();
    await shows(page, 'cat', 'Running');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('cannot show our page in a frame', async () => {
    const page = await evilPage();
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
    }, stage.url);
    await eventually(() => stage.complaints.some((text) => /frame/i.test(text)), { what: 'the complaint' });
    expect(await page.frames()[1]?.getByRole('banner').count()).toBe(0);
  });
});

test('a bookmark acts as the original does', async () => {
  const page = await stage.page('?processname=cat&action=stop');
  await page.getByText('Process cat stopped').waitFor();
  await shows(page, 'cat', 'Stopped');
  await page.goto(`${stage.url}index.html?processname=cat&action=start`);
  await page.getByText('Process cat started').waitFor();
  await shows(page, 'cat', 'Running');
});

test('the page loads nothing from elsewhere, and its policy leaves no way for markup to become script', async () => {
  const page = await stage.page();
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  await page.reload();
  await shows(page, 'cat', 'Running');
  expect(urls.filter((url) => !url.startsWith(stage.url) && !url.startsWith('data:'))).toEqual([]);
  const outcome = await page.evaluate(() => {
    const script = document.createElement('script');
    const ways = [
      () => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="ran = true">'),
      () => {
        script.text = 'ran = true';
      },
      () => document.body.setAttribute('onclick', 'ran = true'),
    ];
    const refused = ways.map((way) => {
      try {
        way();
        return false;
      } catch {
        return true;
      }
    });
    document.body.click();
    return { refused, ran: Reflect.has(globalThis, 'ran') };
  });
  expect(outcome).toEqual({ refused: [true, true, true], ran: false });
});

test('with a password the page works under any name, and not without', async () => {
  const url = `http://any.example:${ports.guarded}/`;
  await works(url, { httpCredentials: { username: 'user', password: 'secret' } });
  const page = await stage.page('', { httpCredentials: { username: 'user', password: 'wrong' } });
  expect((await page.goto(url))?.status()).toBe(401);
});

describe('behind a proxy', () => {
  test('with https everything works, under any name and path', () =>
    works(`https://other.example:${ports.encrypted}/deep/path/`, { ignoreHTTPSErrors: true }));

  test('that says what it was asked for everything works', () =>
    works(`http://other.example:${ports.told}/`));

  test('that passes the name on, allowed_hosts lets it in', () =>
    works(`http://status.example:${ports.passing}/`));

  test('that changes the name, allowed_hosts lets its page act', () =>
    works(`http://status.example:${ports.plain}/`));

  test('whose name is not known, the refusal says what to do', async () => {
    const page = await stage.page();
    await page.goto(`http://other.example:${ports.plain}/`);
    await shows(page, 'cat', 'Running');
    await page.getByRole('button', { name: 'Stop cat:cat' }).click();
    await page.getByRole('log').getByText('put it into allowed_hosts').waitFor();
    expect(await isRunning()).toBe(true);
  });
});

/** The page is shown at `url`, and can act. */
async function works(url: string, options: BrowserContextOptions = {}): Promise<void> {
  const page = await stage.page('', options);
  await page.goto(url);
  await shows(page, 'cat', 'Running');
  await page.getByRole('button', { name: 'Stop cat:cat' }).click();
  await shows(page, 'cat', 'Stopped');
  await page.getByRole('button', { name: 'Start cat:cat' }).click();
  await shows(page, 'cat', 'Running');
}

/** A real proxy with a server for each habit of proxies. */
async function startNginx(): Promise<Bun.Subprocess> {
  const { daemon } = stage;
  const certificate = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=other.example'];
  const files = ['-keyout', daemon.path('key.pem'), '-out', daemon.path('cert.pem')];
  const { status, stderr } = await run(['openssl', 'req', ...certificate, ...files]);
  if (status !== 0) throw new Error(stderr);
  const server = (port: number, to: number, lines: string, path = '/') =>
    `server { listen 127.0.0.1:${port}${lines.includes('ssl') ? ' ssl' : ''}; ${lines}
      location ${path} { proxy_pass http://127.0.0.1:${to}/; } }`;
  writeFileSync(
    daemon.path('nginx.conf'),
    `daemon off; pid ${daemon.path('nginx.pid')}; error_log stderr; events {}
http { access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${daemon.path(`nginx-${kind}`)};`)
    .join(' ')}
  ${server(ports.plain, ports.allowing, '')}
  ${server(ports.passing, ports.allowing, 'proxy_set_header Host $http_host;')}
  ${server(ports.told, daemon.port, 'proxy_set_header X-Forwarded-Host $http_host;')}
  ${server(
    ports.encrypted,
    daemon.port,
    `ssl_certificate ${daemon.path('cert.pem')}; ssl_certificate_key ${daemon.path('key.pem')};`,
    '/deep/path/',
  )}
}`,
  );
  const subprocess = Bun.spawn(['/usr/sbin/nginx', '-c', daemon.path('nginx.conf')], {
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const listens = async (port: number) =>
    (await run(['curl', '-sk', '-o', '/dev/null', `http://127.0.0.1:${port}/`])).status === 0;
  await eventually(() => listens(ports.encrypted), {
    what: 'nginx',
    giveUp: async () => (subprocess.exitCode === null ? null : 'it ended'),
  });
  return subprocess;
}
