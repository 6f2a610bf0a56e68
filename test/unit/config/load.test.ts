import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import { type Config, ConfigError } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { CommandLineOverrides } from '../../../src/config/overrides.ts';
import { memoryHost } from './memory-host.ts';

function load(text: string, more: Record<string, string> = {}, overrides: CommandLineOverrides = {}): Config {
  return loadConfig({ path: '/etc/s.conf', overrides, host: memoryHost({ '/etc/s.conf': text, ...more }) });
}

function errorOf(text: string, more: Record<string, string> = {}): ConfigError {
  try {
    load(text, more);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration is good');
}

describe('loading a configuration', () => {
  test('an error knows the file and the line of the value', () => {
    const { position, offence } = errorOf('[supervisord]\n[include]\nfiles=d/*.ini\n', {
      '/etc/d/a.ini': '[program:x]\ncommand=y\n\nautostart=maybe\n',
    });
    expect(position).toEqual({ file: '/etc/d/a.ini', line: 4 });
    expect(offence).toMatchObject({ section: 'program:x', key: 'autostart', text: 'maybe' });
  });

  test('what is missing is where its section begins', () => {
    expect(errorOf('[supervisord]\n\n[program:x]\n').position).toEqual({ file: '/etc/s.conf', line: 3 });
  });

  test('an RPC interface written in Python is named in a warning and left out', () => {
    const config = load('[supervisord]\n[rpcinterface:twiddler]\nsupervisor.rpcinterface_factory=a.b:make\n');
    expect(config.rpcInterfaces).toEqual([]);
    expect(config.warnings).toEqual([
      'For [rpcinterface:twiddler], RPC interface factory a.b:make cannot be loaded: only' +
        ' supervisor.rpcinterface:make_main_rpcinterface is built in, the section is ignored',
    ]);
  });

  test('a result handler written in Python is named in a warning that says what is done instead', () => {
    const config = load('[supervisord]\n[eventlistener:e]\ncommand=x\nevents=TICK_5\nresult_handler=a:b\n');
    expect(config.groups).toMatchObject([{ resultHandler: 'a:b' }]);
    expect(config.warnings).toEqual([
      'For [eventlistener:e], result_handler a:b cannot be loaded, as it is written in Python:' +
        ' every RESULT of the listener, whatever it says, is taken as accepted',
    ]);
  });

  test('the result handler of supervisor-stdout is built in', () => {
    const listener = '[eventlistener:e]\ncommand=x\nevents=PROCESS_LOG\n';
    const { warnings } = load(`[supervisord]\n${listener}result_handler=supervisor_stdout:event_handler\n`);
    expect(warnings).toEqual([]);
  });

  test('a user of the command line who does not exist is blamed on no line of the file', () => {
    const files = { '/etc/s.conf': '[supervisord]\nuser=web\n' };
    const request = { path: '/etc/s.conf', overrides: { user: 'nosuch' }, host: memoryHost(files) };
    const { mistakes } = checkConfig(request);
    expect(mistakes).toMatchObject([{ original: 'Invalid user name nosuch', position: null, section: null }]);
  });

  test('the command line goes over the file, and the file is checked all the same', () => {
    const overrides = { minfds: 5, user: 'web', nodaemon: true };
    const { supervisord } = load('[supervisord]\nminfds=7\nuser=nosuch\n', {}, overrides);
    expect(supervisord).toMatchObject({ minfds: 5, nodaemon: true, user: { uid: 33, groups: [33, 4] } });
    expect(() => load('[supervisord]\nminfds=x\n', {}, overrides)).toThrow('invalid literal');
  });

  test('relative names are in the working directory, here is that of the file', () => {
    const { supervisord } = load('[supervisord]\npidfile=x.pid\nidentifier=%(here)s\n');
    expect(supervisord).toMatchObject({ pidfile: '/work/x.pid', identifier: '/etc' });
  });

  test('a program has its own environment over that of the daemon', () => {
    const [group] = load(
      '[supervisord]\nenvironment=A="1",B="2"\n[program:x]\ncommand=y\nenvironment=B="3"\n',
    ).groups;
    expect(group?.processes[0]?.environment).toEqual({ A: '1', B: '3' });
  });

  test('more processes than any machine has are refused', () => {
    expect(
      errorOf('[supervisord]\n[program:x]\ncommand=y\nprocess_name=%(process_num)d\nnumprocs=1000000000\n')
        .message,
    ).toBe("numprocs 1000000000 is above 100000 in section 'program:x' (file: '/etc/s.conf')");
  });

  test('a database of users that cannot be asked is an error of the configuration', () => {
    const fails = () => {
      throw new Error('getpwnam_r: EIO');
    };
    const host = memoryHost({ '/etc/s.conf': '[supervisord]\nuser=web\n' }, { userByName: fails });
    expect(() => loadConfig({ path: '/etc/s.conf', overrides: {}, host })).toThrow(
      new ConfigError('cannot look up web: getpwnam_r: EIO'),
    );
  });

  test('users are looked up once however many programs name them', () => {
    let lookups = 0;
    const programs = Array.from({ length: 50 }, (_, index) => `[program:p${index}]\ncommand=x\nuser=web\n`);
    const host = memoryHost({ '/etc/s.conf': `[supervisord]\n${programs.join('')}` });
    const counting = {
      ...host,
      userByName(name: string) {
        lookups += 1;
        return host.userByName(name);
      },
    };
    loadConfig({ path: '/etc/s.conf', overrides: {}, host: counting });
    expect(lookups).toBe(1);
  });
});
