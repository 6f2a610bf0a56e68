// How long programs took to be ready and what they waited for, as commands, clients and Prometheus see it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { Daemon, ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start({
    config: `
[program:db]
command=/bin/sleep 1000
startsecs=1
[program:migrate]
command=/bin/sh -c 'until [ -e %(here)s/migrated ]; do sleep 0.05; done'
oneshot=true
depends_on=db
[program:api]
command=/bin/sleep 1000
startsecs=0
depends_on=migrate
[program:hopeless]
command=/bin/false
startretries=0
[program:worker]
command=/bin/sleep 1000
depends_on=hopeless
[program:plain]
command=/bin/sleep 1000
startsecs=0
`,
  });
});
afterAll(() => daemon.stop());

const boot = (...args: string[]) => run([ours[0], 'boot', '-c', daemon.configPath, ...args]);
const get = (path: string) => fetch(`http://127.0.0.1:${daemon.port}${path}`);
const info = async (name: string) =>
  Object(await (await get(`/api/v1/supervisor.getProcessInfo?name=${name}`)).json()).result;
const metrics = async () => (await get('/metrics')).text();

async function state(name: string, wanted: string): Promise<void> {
  await eventually(async () => (await daemon.states())[name] === wanted, { what: `${name}: ${wanted}` });
}

describe('while programs start', () => {
  beforeAll(async () => {
    await state('migrate', 'RUNNING');
    await state('hopeless', 'FATAL');
  });

  test('a client sees what a process waits for, and whether that is stuck', async () => {
    expect((await info('api')).waiting).toEqual([{ name: 'migrate', condition: 'completed' }]);
    expect((await info('worker')).waiting).toEqual([
      { name: 'hopeless', condition: 'ready', stuck: 'FATAL' },
    ]);
  });

  test('a process that does not wait has no further member', async () => {
    const members = Object.keys(await info('db'));
    expect(members).not.toContain('waiting');
    expect(Object.keys(await info('plain'))).toEqual(members);
  });

  test('status --json has it, too', async () => {
    const { stdout } = await run([ours[0], 'status', '-c', daemon.configPath, '--json', 'worker', 'db']);
    const [db, worker] = JSON.parse(stdout);
    expect(worker.waiting).toEqual([{ name: 'hopeless', condition: 'ready', stuck: 'FATAL', failure: null }]);
    expect(db).not.toHaveProperty('waiting');
  });

  test('the boot is not over, and shows what is not ready with its state', async () => {
    const { stdout, status } = await boot();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Still starting after .*: 2 of 6 processes ready\.\n/);
    expect(stdout).toMatch(/\nNot ready:\n +SINCE +PROCESS +STATE\n/);
    expect(stdout).toMatch(/^ +[\d.]+ s +worker +STARTING +waiting for hopeless \(FATAL\)$/m);
    expect(stdout).toMatch(/^ +[\d.]+ s +hopeless +FATAL +Exited too quickly /m);
    expect(stdout).toMatch(/^ +[\d.]+ s +migrate +RUNNING /m);
  });

  test('Prometheus sees which processes wait, and no duration of the boot', async () => {
    const text = await metrics();
    expect(text).toContain('supervisor_process_waiting{group="api",process="api"} 1\n');
    expect(text).toContain('supervisor_process_waiting{group="migrate",process="migrate"} 0\n');
    expect(text).not.toContain('supervisor_process_waiting{group="plain"');
    expect(text).not.toContain('supervisor_boot_duration_seconds');
  });
});

describe('when all have started', () => {
  beforeAll(async () => {
    writeFileSync(daemon.path('migrated'), '');
    await state('api', 'RUNNING');
    await daemon.supervisorctl('stop', 'worker');
  });

  test('the boot shows the chain that took longest', async () => {
    const { stdout } = await boot();
    expect(stdout).toMatch(/^Ready after [\d.]+ s: 4 of 6 processes ready\.\n/);
    const chain = /The chain that took longest:\n[^\n]*\n(.*?)\n\n/s.exec(stdout)?.[1]?.split('\n') ?? [];
    expect(chain.map((line) => line.replace(/[\d.]+ s/g, 'N').trim())).toEqual([
      'N  N  api      waited for migrate (completed)',
      'N  N  migrate  waited for db (ready)',
      'N  N  db',
    ]);
  });

  test('the same is JSON for scripts', async () => {
    const report = JSON.parse((await boot('--json')).stdout);
    expect(report.over).toBe(true);
    expect(report.chain.map(({ fullname }: { fullname: string }) => fullname)).toEqual([
      'api',
      'migrate',
      'db',
    ]);
    const byName = new Map(report.processes.map((one: { name: string }) => [one.name, one]));
    expect(byName.get('api')).toMatchObject({
      ...{ group: 'api', statename: 'RUNNING', at_boot: true, ready: report.ready },
      waited_for: [{ name: 'migrate', condition: 'completed' }],
    });
    expect(byName.get('hopeless')).toMatchObject({ statename: 'FATAL', ready: null });
  });

  test('it is a method, described as one', async () => {
    const { result } = Object(await (await get('/api/v1/tsupervisor.getBoot')).json());
    expect(result).toMatchObject({
      over: true,
      chain: [{ name: 'api' }, { name: 'migrate' }, { name: 'db' }],
    });
    const { paths } = Object(await (await get('/api/v1/openapi.json')).json());
    expect(paths['/tsupervisor.getBoot'].get.responses[200].description).toContain('waited_for');
  });

  test('Prometheus gets the duration, and the time to ready of what shows when it is ready', async () => {
    const text = await metrics();
    expect(text).toMatch(/^supervisor_boot_duration_seconds [\d.]+$/m);
    expect(text).toMatch(
      /^supervisor_process_time_to_ready_seconds\{group="migrate",process="migrate"\} [\d.]+$/m,
    );
    expect(text).not.toContain('supervisor_process_time_to_ready_seconds{group="plain"');
  });
});

test('a daemon that is the original has no boot to tell of', async () => {
  const other = await Daemon.start({ config: '', executable: ['/usr/bin/supervisord'] });
  try {
    const { status, stderr } = await run([ours[0], 'boot', '-c', other.configPath]);
    expect(status).toBe(5);
    expect(stderr).toMatch(/^tsupervisor: unix:.*: UNKNOWN_METHOD\n$/);
  } finally {
    await other.stop();
  }
});
