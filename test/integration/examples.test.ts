// The examples of docs/examples.md, started as they are, each from a copy of its folder, on a network of its own.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { Example, examplesFolder } from './example.ts';

describe('a web stack', () => {
  let example: Example;
  beforeAll(async () => {
    example = await Example.start('web-stack');
    await example.runs('nginx', 'worker:worker_0', 'worker:worker_1', 'api', 'db');
  });
  afterAll(async () => {
    expect(await example.stop()).toBe(0);
  });

  test('starts each program when what it needs is ready', () => {
    expectInOrder(example.log(), [
      "spawned: 'db'",
      'success: db entered RUNNING',
      "spawned: 'migrate'",
      'exited: migrate (exit status 0; expected)',
      "spawned: 'api'",
      'success: api entered RUNNING',
      "spawned: 'worker_",
      'success: worker_',
      "spawned: 'nginx'",
      'success: nginx entered RUNNING',
    ]);
    expect(example.log()).not.toContain('not expected');
  });

  test('answers through nginx, and its workers do what the API leaves to them', async () => {
    await eventually(async () => Number(/"counted": (\d+)/.exec(await page(example))?.[1]) > 0, {
      what: 'a counted visit',
    });
  });

  test('restarts what needs the database after a crash of it, and nothing else', async () => {
    const nginx = await example.pid('nginx');
    const before = example.log().length;
    process.kill(await example.pid('db'), 'SIGKILL');
    await example.says('success: worker_0 entered RUNNING', before);
    await example.says('success: worker_1 entered RUNNING', before);
    const log = example.log().slice(before);
    expectInOrder(log, [
      'exited: db (terminated by SIGKILL; not expected)',
      'success: db entered RUNNING',
      'stopped: api',
      'success: api entered RUNNING',
      "spawned: 'worker_",
    ]);
    expect(log).not.toContain("'migrate'");
    expect(await example.pid('nginx')).toBe(nginx);
    expect(await page(example)).toContain('"visits"');
  });

  test('keeps the rest running when one of its programs is changed', async () => {
    const api = await example.pid('api');
    const others = await example.pids('worker:worker_0', 'nginx');
    example.edit('[program:api]\n', '[program:api]\nstopwaitsecs=20\n');
    const { stdout } = await example.supervisorctl('update');
    expect(stdout).toBe('api: stopped\napi: updated process group\n');
    await example.runs('api');
    expect(await example.pid('api')).not.toBe(api);
    expect(await example.pids('worker:worker_0', 'nginx')).toEqual(others);
    expect(await page(example)).toContain('"visits"');
  });

  test('stops nginx first and the database last', async () => {
    const before = example.log().length;
    await example.supervisorctl('stop', 'all');
    expectInOrder(example.log().slice(before), [
      'stopped: nginx (exit status 0)',
      'waiting for worker_',
      'stopped: worker_',
      'waiting for api',
      'stopped: api',
      'waiting for db',
      'stopped: db (exit status 0)',
    ]);
  });
});

describe('a container', () => {
  test('prepares, runs its main program, and ends with its exit code', async () => {
    const example = await container('/bin/sh -c "sh job.sh 3; exit 7"');
    expect(await example.ended()).toBe(7);
    expectInOrder(example.log(), [
      'supervisord started with pid 1\n',
      'exited: setup (exit status 0; expected)',
      "spawned: 'cache'",
      'success: cache entered RUNNING state, process is ready',
      "spawned: 'main'",
      'shutting down with exit status 7',
      'stopped: cache',
    ]);
    for (const unit of [1, 2, 3]) expect(example.log()).toContain(`unit ${unit} is done\n`);
  });

  test.each([
    ['0 when its main program has done its work', '/bin/sh job.sh 1', 0],
    ['128 and the signal that has ended its main program', '/bin/sh -c "kill -KILL $$"', 137],
  ])('ends with %s', async (_, main, status) => {
    const example = await container(main);
    expect(await example.ended()).toBe(status);
  });

  test('stops everything on SIGTERM, the main program first, and ends with 0', async () => {
    const example = await container('/bin/sh job.sh 1000000');
    await example.says('unit 1 is done');
    expect(await example.stop()).toBe(0);
    expectInOrder(example.log(), ['received SIGTERM', 'stopped: main', 'stopped: cache']);
  });

  test('ends with 1 when its preparation fails', async () => {
    const example = await container('/bin/true', { run: 'not a directory' });
    expect(await example.ended()).toBe(1);
    expect(example.log()).not.toContain("spawned: 'main'");
  });

  test('is started by the command of the Dockerfile', () => {
    const file = readFileSync(join(examplesFolder, 'container/Dockerfile'), 'utf8');
    expect(file).toContain('ENTRYPOINT ["tsupervisor", "run", "-c", "/app/supervisord.conf"]');
  });
});

describe('a daemon that forks', () => {
  let example: Example;
  beforeAll(async () => {
    example = await Example.start('legacy-daemon');
    await example.runs('foreground', 'notifying', 'wrapped');
  });
  afterAll(async () => {
    expect(await example.stop()).toBe(0);
  });

  test('is the process that was started, with its option to stay in the foreground', async () => {
    expect(example.log()).toContain(`spawned: 'foreground' with pid ${await example.pid('foreground')}`);
  });

  test('is the process that it names by MAINPID', async () => {
    const pid = await example.pid('notifying');
    expect(example.log()).toContain(`the main process of 'notifying' is pid ${pid} now`);
    expect(commandLine(pid)).toContain('legacyd.py');
  });

  test('is the process of its pidfile, named by a script', async () => {
    expect(readFileSync(example.path('redis.pid'), 'utf8')).toBe(`${await example.pid('wrapped')}\n`);
    const { stdout } = await example.inside('redis-cli', '-p', '6380', 'ping');
    expect(stdout).toBe('PONG\n');
  });

  test.each(['notifying', 'wrapped'])('is restarted when it ends: %s', async (name) => {
    const pid = await example.pid(name);
    const before = example.log().length;
    process.kill(pid, 'SIGKILL');
    await example.says(`exited: ${name} (terminated by SIGKILL; not expected)`, before);
    await example.says(`success: ${name} entered RUNNING`, before);
    expect(await example.pid(name)).not.toBe(pid);
  });

  test.each(['notifying', 'wrapped'])('is restarted and stopped on request: %s', async (name) => {
    const first = await example.pid(name);
    await example.supervisorctl('restart', name);
    await example.runs(name);
    const second = await example.pid(name);
    expect(second).not.toBe(first);
    expect(commandLine(first)).toBe('');
    await example.supervisorctl('stop', name);
    expect((await example.supervisorctl('status', name)).stdout).toContain(' STOPPED ');
    expect(commandLine(second)).toBe('');
  });
});

describe('tsupervisor graph', () => {
  test.each(['README.md', 'README.zh-CN.md'])('draws the configuration of %s as it says', async (name) => {
    const readme = readFileSync(join(examplesFolder, '../..', name), 'utf8');
    const [, sections = '', drawing = ''] =
      /```ini\n([^`]*)```\n\n```\n\$ tsupervisor graph\n([^`]*)```/.exec(readme) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'tsv-readme-'));
    const configuration = join(folder, 'supervisord.conf');
    writeFileSync(configuration, `[supervisord]\n${sections}`);
    expect((await graph(configuration)).stdout).toBe(drawing);
    rmSync(folder, { recursive: true });
  });

  test.each(['examples.md', 'examples.zh-CN.md'])('draws the web stack as %s says', async (name) => {
    const { stdout } = await graph(join(examplesFolder, 'web-stack/supervisord.conf'));
    expect(stdout).toContain('worker ×2');
    expect(readFileSync(join(examplesFolder, '..', name), 'utf8')).toContain(stdout);
  });
});

function graph(configuration: string): Promise<Outcome> {
  return run([ours[0], 'graph', '-c', configuration]);
}

/** Its first process is the daemon. */
function container(main: string, files: Readonly<Record<string, string>> = {}): Promise<Example> {
  return Example.start('container', { environment: { MAIN: main }, files, ownPids: true });
}

async function page(example: Example): Promise<string> {
  const { stdout } = await example.inside('curl', '--silent', '--show-error', 'http://127.0.0.1:8080/');
  return stdout;
}

/** Each of them occurs after the one before. */
function expectInOrder(text: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) throw new Error(`expected ${JSON.stringify(part)} after ${from} characters of:\n${text}`);
    from = at + part.length;
  }
}

/** Empty for a process that does not exist any more. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
