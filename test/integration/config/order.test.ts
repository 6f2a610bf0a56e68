// Dependencies in the configuration: `graph`, and what each command says of their mistakes, by the compiled executable.
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { original, ours, run, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const [executable] = ours;
const directory = mkdtempSync(join(tmpdir(), 'tsv-order-'));
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string, sections: string): string {
  const path = join(directory, name);
  writeFileSync(path, `[supervisord]\n${sections}`);
  return path;
}

function program(name: string, ...options: string[]): string {
  return [`[program:${name}]`, 'command=/bin/cat', ...options, ''].join('\n');
}

const shop =
  program('web', 'depends_on=api') +
  program('api', 'depends_on=db, migrate') +
  program('migrate', 'oneshot=true', 'depends_on=db') +
  program('db') +
  program('cron');

/** Every mistake that is not found before all programs are read. */
const mistaken =
  program('web', 'depends_on=api, bd') +
  program('api', 'depends_on=db=healthy') +
  program('db', 'depends_on=web', 'watchdog=30s') +
  program('jobs', 'autorestart=true') +
  program('report', 'depends_on=jobs=completed', 'stop_with=cache', 'restart_with=report') +
  program('redis', 'ready=tcp://127.0.0.1:6379', 'ready_timeout=1s', 'ready_interval=2s') +
  '[group:cache]\nprograms=redis\n';

describe('tsupervisor graph', () => {
  const path = written('shop.conf', shop);

  test('shows the order of start without a daemon', async () => {
    const tree = `\
db
└─ migrate    one-shot; after db
   └─ api     after db, migrate=completed
      └─ web  after api
without dependencies: cron
`;
    const expected = { status: 0, stdout: tree, stderr: '' };
    expect(await run([executable, 'graph', '-c', path])).toEqual(expected);
    expect(await run([executable, 'graph', path, '--format', 'text'])).toEqual(expected);
  });

  test('has a format for each kind of reader', async () => {
    const shown = async (format: string) =>
      (await run([executable, 'graph', path, '--format', format])).stdout;
    expect(await shown('dot')).toStartWith('digraph tsupervisor {\n');
    expect(await shown('mermaid')).toStartWith('flowchart LR\n');
    const { programs } = JSON.parse(await shown('json'));
    expect(programs.map((each: { program: string }) => each.program)).toEqual([
      'db',
      'migrate',
      'api',
      'cron',
      'web',
    ]);
  });

  test('refuses other formats', async () => {
    const { status, stderr } = await run([executable, 'graph', path, '--format', 'svg']);
    expect(status).toBe(2);
    expect(stderr).toContain('Allowed choices are text, dot, mermaid, json.');
  });

  test('says like check what is wrong with a configuration', async () => {
    const bad = written('cycle.conf', program('a', 'depends_on=b') + program('b', 'depends_on=a'));
    expect(await run([executable, 'graph', bad])).toEqual({
      ...{ status: 2, stdout: '' },
      stderr: `\
${bad}:4: error: cycle of dependencies: a -> b -> a
    depends_on=b
               ^
    expected: dependencies without a cycle
${bad}: 1 error
`,
    });
    const inChinese = await run([executable, 'graph', bad, '--lang', 'zh']);
    expect(inChinese).toEqual({
      ...{ status: 2, stdout: '' },
      stderr: `\
${bad}:4: 错误：循环依赖：a -> b -> a
    depends_on=b
               ^
    应为：不构成循环的依赖
${bad}：1 个错误
`,
    });
  });

  test('is in the help, and its formats can be completed', async () => {
    expect((await run([executable, '--help'])).stdout).toContain('  graph          show which programs');
    expect((await run([executable, 'completion', 'words', 'graph', '--format'])).stdout).toBe(
      'text\ndot\nmermaid\njson\n',
    );
  });
});

describe('mistakes in dependencies', () => {
  const path = written('mistaken.conf', mistaken);

  test('are all listed by one check, with their lines', async () => {
    const { status, stdout } = await run([executable, 'check', path]);
    expect(status).toBe(2);
    const lines = stdout.split('\n').filter((line) => line.startsWith(`${path}:`) && line.includes('error'));
    expect(lines.map((line) => line.slice(path.length + 1))).toEqual([
      '4: error: there is no program bd',
      '7: error: db is never healthy, as it has no http_check',
      '7: error: cycle of dependencies: api -> db -> web -> api',
      '11: error: watchdog needs ready=notify: WATCHDOG=1 comes over the same socket as READY=1',
      '17: error: jobs never completes, as it has autorestart=true',
      '18: error: there is no program cache',
      '19: error: report restarts with itself',
      '24: error: ready_interval (2s) is longer than ready_timeout (1s), so there is one attempt only',
      ' 8 errors',
    ]);
    expect(stdout).toContain('    did you mean db?\n');
    expect(stdout).toContain('    expected: cache:* for the processes of group cache\n');
  });

  test('are told in Chinese', async () => {
    const { stdout } = await run([executable, 'check', path, '--lang', 'zh']);
    const lines = stdout.split('\n').filter((line) => line.startsWith(`${path}:`));
    expect(lines).toHaveLength(8);
    for (const line of lines) expect(line).toMatch(/错误：.*\p{Script=Han}/u);
  });

  test('keep supervisord from starting, with the status of the original and one line', async () => {
    const bad = written('unknown.conf', program('web', 'depends_on=bd') + program('db'));
    const [theirs, mine] = await Promise.all([
      run([...original, '-n', '-c', written('theirs.conf', program('web', 'autostart=maybe'))]),
      run([...ours, '-n', '-c', bad]),
    ]);
    expect(mine.status).toBe(theirs.status);
    expect(mine.stderr.split('\n')[0]).toBe(
      `Error: there is no program bd (did you mean db?) in section 'program:web' (file: '${bad}', line: 4)`,
    );
  });

  test('leave a running daemon as it is at reread, update and reload', async () => {
    await withDaemon(
      { config: `[include]\nfiles=programs.ini`, files: { 'programs.ini': program('db') } },
      async (daemon) => {
        await eventually(async () => (await daemon.states()).db === 'RUNNING', { what: 'db to run' });
        const before = (await daemon.supervisorctl('pid', 'db')).stdout;
        const file = daemon.path('programs.ini');
        writeFileSync(file, program('db') + program('web', 'depends_on=bd'));
        const message = `there is no program bd (did you mean db?) in section 'program:web' (file: '${file}', line: 5)`;
        expect(await daemon.supervisorctl('reread')).toMatchObject({
          status: 1,
          stdout: `ERROR: CANT_REREAD: ${message}\n`,
        });
        const own = await run([executable, 'update', '-c', daemon.configPath]);
        expect(own).toMatchObject({ status: 2, stdout: '' });
        expect(own.stderr).toContain(message);
        expect((await daemon.supervisorctl('update')).stdout).toContain(message);
        expect((await daemon.supervisorctl('reload')).stdout).toContain(message);
        expect((await daemon.supervisorctl('pid', 'db')).stdout).toBe(before);
      },
    );
  });
});

describe('a configuration written for supervisord-dependent-startup', () => {
  const sections = [
    '[program:wait-interfaces]',
    'command=/bin/sh -c "echo waiting > %(here)s/waiting; read line < %(here)s/gate"',
    'startsecs=0',
    'autostart=false',
    'autorestart=false',
    'dependent_startup=true',
    '[program:syncd]',
    'command=/bin/cat',
    'startsecs=0',
    'autostart=false',
    'dependent_startup=true',
    'dependent_startup_wait_for=wait-interfaces:exited',
    '[program:manual]',
    'command=/bin/cat',
    'autostart=false',
    'dependent_startup_wait_for=syncd:running',
  ].join('\n');

  test('starts its programs in their order', async () => {
    const gate = join(directory, 'gate');
    Bun.spawnSync(['mkfifo', gate]);
    const config = sections.replaceAll('%(here)s/gate', gate);
    await withDaemon({ config }, async (daemon) => {
      await eventually(() => daemon.read('waiting') !== '', { what: 'the first program to run' });
      const { stdout } = await daemon.supervisorctl('status', 'syncd');
      expect(stdout).toMatch(/^syncd +STARTING +waiting for wait-interfaces \(ended\)/);
      writeFileSync(gate, 'go\n');
      await eventually(async () => (await daemon.states()).syncd === 'RUNNING', { what: 'syncd to run' });
      expect(await daemon.states()).toEqual({
        manual: 'STOPPED',
        syncd: 'RUNNING',
        'wait-interfaces': 'EXITED',
      });
    });
  });
});

test('the documented example is what graph shows', async () => {
  const page = readFileSync(join(import.meta.dir, '../../../docs/order.md'), 'utf8');
  const [, example = ''] = /```ini\n(.*?)```/s.exec(page) ?? [];
  const [, tree = ''] = /```\n\$ tsupervisor graph[^\n]*\n(.*?)```/s.exec(page) ?? [];
  const others = `${program('redis')}[group:cache]\nprograms=redis\n${program('cron')}`;
  const path = written('documented.conf', example + others);
  expect((await run([executable, 'graph', path])).stdout).toBe(tree);
});
