// `check`, `echo-conf` and what a bad configuration does to the daemon, by the compiled executable.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, original, ours, run } from '../../support/daemon.ts';

const [executable] = ours;
const directory = mkdtempSync(join(tmpdir(), 'tsv-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const good = '[supervisord]\n[program:x]\ncommand=/bin/cat\n';
const bad = '[supervisord]\nloglevel=loud\n[program:x]\ncommand=/bin/cat\nautostart=maybe\nautorestat=1\n';

describe('tsupervisor check', () => {
  test('gives its advice in Chinese by --lang and by LANG', async () => {
    const command = [executable, 'check', '-c', written('chinese.conf', bad)];
    const byOption = await run([...command, '--lang', 'zh']);
    expect(byOption.stdout).toContain('应为：');
    const byLocale = await run(['/usr/bin/env', 'LANG=zh_CN.UTF-8', ...command]);
    expect(byLocale).toEqual(byOption);
    expect((await run(command)).stdout).not.toContain('应为：');
  });

  test('says that a good configuration is good', async () => {
    const path = written('good.conf', good);
    expect(await run([executable, 'check', '-c', path])).toEqual({
      status: 0,
      stdout: `${path}: no mistakes found\n`,
      stderr: '',
    });
  });

  test('shows every mistake underlined, with what would be right, and fails', async () => {
    const path = written('bad.conf', bad);
    const { status, stdout } = await run([executable, 'check', '-c', path]);
    expect(status).toBe(2);
    expect(stdout).toBe(
      [
        `${path}:2: error: bad logging level name 'loud'`,
        '    loglevel=loud',
        '             ^^^^',
        '    expected: one of critical, error, warn, info, debug, trace, blather',
        `${path}:5: error: not a valid boolean value: 'maybe' in section 'program:x' (file: '${path}')`,
        '    autostart=maybe',
        '              ^^^^^',
        '    expected: true or false (also yes, no, on, off, 1, 0)',
        `${path}:6: warning: option autorestat means nothing in [program:x] and is ignored`,
        '    autorestat=1',
        '    ^^^^^^^^^^^^',
        '    did you mean autorestart?',
        `${path}: 2 errors, 1 warning`,
        '',
      ].join('\n'),
    );
  });

  test('gives programs the same as JSON', async () => {
    const path = written('bad.conf', bad);
    const { stdout } = await run([executable, 'check', '-c', path, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      path,
      ok: false,
      findings: [
        { severity: 'error', file: path, line: 2, section: 'supervisord', key: 'loglevel', text: 'loud' },
        { severity: 'error', line: 5 },
        { severity: 'warning', line: 6, remedy: 'did you mean autorestart?' },
      ],
    });
  });
});

describe('a bad configuration', () => {
  test.each([
    ['a file that is not there', join(directory, 'none.conf')],
    ['a directory', directory],
    ['a wrong value', written('bad.conf', bad)],
    ['no section', written('empty.conf', '')],
    ['a broken line', written('broken.conf', '[supervisord]\nbare\n')],
  ])('%s ends supervisord with the error, the stream and the status of the original', async (_, path) => {
    const [theirs, mine] = await Promise.all([run([...original, '-c', path]), run([...ours, '-c', path])]);
    const said = mine.stderr
      .replace(/For help, use .* -h\n/, 'For help, use /usr/bin/supervisord -h\n')
      .replaceAll(/^Remedy: .*\n/gm, '');
    expect({ ...mine, stderr: said }).toEqual(theirs);
  });
});

describe('tsupervisor echo-conf', () => {
  test.each([[[]], [['--minimal']], [['--lang', 'zh']]])(
    'with %j prints what check finds good',
    async (options) => {
      const { stdout, status } = await run([executable, 'echo-conf', ...options]);
      expect(status).toBe(0);
      const path = written('sample.conf', stdout);
      expect((await run([executable, 'check', '-c', path])).status).toBe(0);
    },
  );
});

describe('a running daemon', () => {
  let daemon: Daemon;
  const pids = async () => (await daemon.supervisorctl('pid', 'all')).stdout;
  const program = (name: string, more = '') => `[program:${name}]\ncommand=/bin/cat\n${more}`;
  beforeAll(async () => {
    daemon = await Daemon.start({
      config: '[include]\nfiles=programs.ini',
      files: { 'programs.ini': program('stays') + program('changes') + program('goes') },
    });
  });
  afterAll(() => daemon.stop());

  test('tells by check --diff what an update would do, and goes on as before', async () => {
    const before = await pids();
    writeFileSync(
      daemon.path('programs.ini'),
      program('stays') + program('changes', 'umask=077\n') + program('comes'),
    );
    const { stdout, status } = await run([executable, 'check', '-c', daemon.configPath, '--diff']);
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      'would add comes',
      'would stop, change and start changes',
      'would stop and remove goes',
      '',
    ]);
    expect(await pids()).toEqual(before);
  });

  test('keeps its programs when the configuration is broken at a reread and at an update', async () => {
    const before = await pids();
    writeFileSync(daemon.path('programs.ini'), program('stays', 'autostart=maybe\n'));
    const message = `not a valid boolean value: 'maybe' in section 'program:stays' (file: '${daemon.path('programs.ini')}')`;
    expect(await daemon.supervisorctl('reread')).toMatchObject({
      status: 1,
      stdout: `ERROR: CANT_REREAD: ${message}\n`,
    });
    const update = await daemon.supervisorctl('update');
    expect(update.status).toBe(1);
    expect(update.stdout).toContain('Fault 92');
    expect(await pids()).toEqual(before);
  });
});
