import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  configPathOf,
  inheritedSettingsOf,
  readUnit,
  supervisordOf,
} from '../../../src/systemd/read-unit.ts';
import { defaultUnit, UnitError, unitText } from '../../../src/systemd/unit.ts';

const packaged = readFileSync(join(import.meta.dir, '../../../systemd/tsupervisor.service'), 'utf8');

describe('the unit file', () => {
  test('in the packages is what `tsupervisor unit` prints', () => {
    expect(unitText(defaultUnit)).toBe(packaged);
  });

  test('is explained in the documentation, line by line', () => {
    const explanation = readFileSync(join(import.meta.dir, '../../../docs/systemd.md'), 'utf8');
    const lines = packaged.split('\n').filter((line) => /^(?!Description|Documentation)\w+=/.test(line));
    expect(lines.length).toBeGreaterThan(15);
    expect(lines.filter((line) => !explanation.includes(`\`${line}\``))).toEqual([]);
  });

  test('is read back as it was written', () => {
    const unit = readUnit(packaged);
    expect([...unit.keys()]).toEqual(['Unit', 'Service', 'Install']);
    expect(unit.get('Service')?.get('Type')).toEqual(['notify']);
    expect(unit.get('Service')?.get('RestartSteps')).toEqual(['5']);
  });

  test('names the executable, the configuration and the watchdog that were asked for', () => {
    const options = { executable: '/opt/t/tsupervisor', configPath: '/srv/a-b_c.conf', watchdogSeconds: 0 };
    const service = readUnit(unitText({ ...defaultUnit, ...options, name: 'web' })).get('Service');
    expect(service?.get('ExecStart')).toEqual(['/opt/t/tsupervisor run -c /srv/a-b_c.conf']);
    expect(service?.get('ExecReload')).toEqual(['/opt/t/tsupervisor update -c /srv/a-b_c.conf']);
    expect(service?.get('WatchdogSec')).toEqual(['0']);
  });

  test('lets no other service stop ours by being started', () => {
    expect(packaged).not.toContain('Conflicts=');
  });

  test('has systemd start it again however often it crashes, but not with a configuration that it refuses', () => {
    const unit = readUnit(packaged);
    expect(unit.get('Unit')?.get('StartLimitIntervalSec')).toEqual(['0']);
    expect(unit.get('Service')?.get('RestartPreventExitStatus')).toEqual(['2']);
  });

  test('leaves limits and directories to the system and to the daemon, which knows whose they are', () => {
    expect(packaged).not.toMatch(/^(?:Limit\w+|OOMScoreAdjust|RuntimeDirectory)=/m);
  });

  test("for a user's manager asks for nothing that only the system's has", () => {
    const unit = readUnit(unitText({ ...defaultUnit, scope: 'user' }));
    expect(unit.get('Install')?.get('WantedBy')).toEqual(['default.target']);
    expect(unit.get('Unit')?.has('Conflicts')).toBe(false);
    expect(unit.get('Unit')?.has('After')).toBe(false);
    expect(unit.get('Service')?.get('RuntimeDirectory')).toEqual(['tsupervisor']);
  });

  test.each([
    { configPath: 'relative.conf' },
    { configPath: '/etc/with space.conf' },
    { configPath: '/etc/x.conf\nExecStartPre=/bin/evil' },
    { configPath: '/etc/%i.conf' },
    { executable: '/usr/bin/$HOME' },
    { name: 'a b' },
    { name: '../x' },
    { name: 'x.service' },
    { name: '' },
    { watchdogSeconds: -1 },
    { watchdogSeconds: Number.NaN },
    { watchdogSeconds: 0.5 },
  ])('is refused with %p', (wrong) => {
    expect(() => unitText({ ...defaultUnit, ...wrong })).toThrow(UnitError);
  });
});

describe("somebody else's unit file", () => {
  test('tells which configuration it runs, however the command is written', () => {
    const unit = (exec: string) => readUnit(`[Service]\nType=simple\n${exec}`);
    expect(configPathOf(unit('ExecStart=/usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf'))).toBe(
      '/etc/supervisor/supervisord.conf',
    );
    expect(configPathOf(unit('ExecStart=/usr/bin/supervisord --configuration=/a.conf -n'))).toBe('/a.conf');
    expect(configPathOf(unit('ExecStart=/usr/bin/supervisord \\\n   -n \\\n   -c/b.conf'))).toBe('/b.conf');
    expect(configPathOf(unit('ExecStart=/usr/bin/supervisord'))).toBeNull();
    expect(configPathOf(unit('ExecStart=/x -c /old\nExecStart=\nExecStart=/x -c /new'))).toBe('/new');
    expect(configPathOf(readUnit(''))).toBeNull();
  });

  test('tells which supervisord it runs', () => {
    const program = (exec: string) => supervisordOf(readUnit(`[Service]\nExecStart=${exec}`));
    expect(program('/usr/local/bin/supervisord -n')).toBe('/usr/local/bin/supervisord');
    expect(program('-/usr/bin/python3 /opt/venv/bin/supervisord')).toBe('/opt/venv/bin/supervisord');
    expect(program('/usr/sbin/nginx -c /etc/supervisord.conf')).toBeNull();
  });

  test('tells what it sets for its programs, not how it is started and stopped', () => {
    const text = `[Unit]\nAfter=x\n[Service]\nType=forking\nExecStart=/x\nEnvironment=A=1\nEnvironment=B=2\nRestartSec=3
KillMode=process\nLimitNOFILE=9\n`;
    expect(inheritedSettingsOf(readUnit(text))).toEqual([
      'Environment=A=1',
      'Environment=B=2',
      'LimitNOFILE=9',
    ]);
  });

  test('an empty value takes back the values before it', () => {
    const unit = readUnit('[Service]\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2\nEnvironment=C=3\n');
    expect(unit.get('Service')?.get('Environment')).toEqual(['B=2', 'C=3']);
  });
});
