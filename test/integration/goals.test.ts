// Goals of processes and their requesters, in the JSON API and across restarts.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Daemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

interface GoalAnswer {
  readonly goal: string;
  readonly by: string;
  readonly since: number;
}

const health = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('', { status: 500 }) });
let daemon: Daemon;
let lockedPort: number;

beforeAll(async () => {
  lockedPort = await freePort();
  daemon = await Daemon.start({
    config: `
[inet_http_server:locked]
port=127.0.0.1:${lockedPort}
username=admin
password=secret
[program:auto]
command=/bin/sleep 1000
startsecs=0
[program:manual]
command=/bin/sleep 1000
startsecs=0
autostart=false
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; while :; do sleep 0.1; done'
startsecs=0
stopwaitsecs=3
[program:sick]
command=/bin/sleep 1000
startsecs=0
autostart=false
http_check=http://127.0.0.1:${health.port}/
http_check_interval=1
`,
  });
});
afterAll(async () => {
  await daemon.stop();
  await health.stop(true);
});

async function call(
  method: string,
  parameters: Record<string, string>,
  port = daemon.port,
): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/api/v1/${method}`, {
    method: 'POST',
    body: JSON.stringify(parameters),
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa('admin:secret')}` },
  });
}

async function goalOf(name: string): Promise<GoalAnswer> {
  return resultOf<GoalAnswer>(await call('tsupervisor.getProcessGoal', { name }));
}

async function resultOf<T>(response: Response): Promise<T> {
  const answer = (await response.json()) as { readonly result: T };
  return answer.result;
}

function restartOnPage(name: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${daemon.port}/ui/operation`, {
    method: 'POST',
    body: JSON.stringify({ operation: 'restart', targets: [`${name}:${name}`] }),
    headers: { 'Content-Type': 'application/json' },
  });
}

describe('the goal of a process', () => {
  test('is none without a request', async () => {
    expect(await goalOf('manual')).toMatchObject({ goal: 'none', by: '', since: 0 });
  });

  test('is up by the configuration when it was started with the daemon', async () => {
    expect(await goalOf('auto')).toMatchObject({ goal: 'up', by: 'configuration' });
  });

  test('names the program and the user at the other end of a unix socket', async () => {
    const earliest = Math.floor(Date.now() / 1000);
    await daemon.supervisorctl('stop', 'auto');
    const { goal, by, since } = await goalOf('auto');
    expect(goal).toBe('down');
    expect(by).toMatch(new RegExp(`^(supervisorctl|process) \\(pid \\d+, uid ${process.getuid?.()}\\)$`));
    expect(since).toBeWithin(earliest, Date.now() / 1000 + 1);
  });

  test('names the address over TCP, and the user who gave a password', async () => {
    await call('supervisor.startProcess', { name: 'auto' });
    expect(await goalOf('auto')).toMatchObject({ goal: 'up', by: '127.0.0.1' });
    await call('supervisor.stopProcess', { name: 'auto' }, lockedPort);
    expect(await goalOf('auto')).toMatchObject({ goal: 'down', by: 'admin at 127.0.0.1' });
  });

  test('is the same for all when asked for all', async () => {
    const goals = await resultOf<{ name: string }[]>(await call('tsupervisor.getAllProcessGoals', {}));
    expect(goals.map(({ name }) => name).toSorted()).toEqual(['auto', 'manual', 'sick', 'stubborn']);
  });

  test('is up by the check after a health check has restarted it', async () => {
    await call('supervisor.startProcess', { name: 'sick' });
    await eventually(async () => (await goalOf('sick')).by === 'http_check', {
      what: 'the check to restart it',
    });
    await eventually(async () => (await daemon.states())['sick'] === 'RUNNING', {
      what: 'sick to run again',
    });
    expect(await goalOf('sick')).toMatchObject({ goal: 'up', by: 'http_check' });
    await daemon.supervisorctl('stop', 'sick');
  });
});

describe('a restart', () => {
  test('is the goal until the process has stopped, then it is up', async () => {
    const answer = restartOnPage('stubborn');
    await eventually(async () => (await goalOf('stubborn')).goal === 'restart', {
      what: 'the restart to begin',
    });
    expect(await (await answer).text()).toContain('{"done":"stubborn:stubborn"}');
    expect(await goalOf('stubborn')).toMatchObject({ goal: 'up', by: '127.0.0.1' });
  });

  test('gives way to a stop that is asked for meanwhile', async () => {
    const answer = restartOnPage('stubborn');
    await eventually(async () => (await goalOf('stubborn')).goal === 'restart', {
      what: 'the restart to begin',
    });
    await call('supervisor.stopProcess', { name: 'stubborn' }, lockedPort);
    expect(await (await answer).text()).toContain('"failed":"stubborn:stubborn"');
    expect((await daemon.states())['stubborn']).toBe('STOPPED');
    expect(await goalOf('stubborn')).toMatchObject({ goal: 'down', by: 'admin at 127.0.0.1' });
  });
});
