import { describe, expect, test } from 'bun:test';
import { readSupervisordOptions, usage } from '../../../src/cli/supervisord-options.ts';
import { findConfig, programPath, requireConfig } from '../../../src/config/locate-config.ts';
import { memoryHost } from '../config/memory-host.ts';

function read(...args: string[]): ReturnType<typeof readSupervisordOptions> {
  return readSupervisordOptions(args, memoryHost({ '/tmp/x': '' }));
}

describe("supervisord's command line", () => {
  test('overrides the file, in long and short words', () => {
    expect(read('-nc', 'a.conf', '--umask=27', '-l', 'syslog', '-d/tmp', '--minp', '5')).toEqual({
      kind: 'run',
      configPath: 'a.conf',
      overrides: { nodaemon: true, umask: 0o27, logfile: { kind: 'syslog' }, directory: '/tmp', minprocs: 5 },
    });
  });

  test('is read from left to right, help and version end it', () => {
    expect(read('-n', '-?', '-e', 'loud')).toEqual({ kind: 'help' });
    expect(read('-v', '-h')).toEqual({ kind: 'version' });
    expect(() => read('-e', 'loud', '-h')).toThrow(
      "invalid value for -e 'loud': bad logging level name 'loud'",
    );
  });

  test.each([
    [['-x'], 'option -x not recognized'],
    [['--foo'], 'option --foo not recognized'],
    [['-e'], 'option -e requires argument'],
    [['--nodaemon=1'], 'option --nodaemon must not have an argument'],
    [['--no'], 'option --no not a unique prefix'],
    [['-n', '--nodaemon'], "conflicting command line option '--nodaemon'"],
    [['-h', "it's", 'x'], "positional arguments are not supported: [\"it's\", 'x']"],
    [['-d', '/none'], "invalid value for -d '/none': /none is not an existing directory"],
    [['-y', '1.5mb'], "invalid value for -y '1.5mb': invalid literal for int() with base 10: '1.5'"],
  ])('%j is refused', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });

  test('tells of every option how to use it', () => {
    for (const option of [
      '-c/--configuration FILENAME -- ',
      '-h/--help -- ',
      '\n--minprocs NUM -- ',
      '-i/--identifier STR -- ',
    ])
      expect(usage('supervisord')).toContain(option);
  });
});

describe('without -c', () => {
  test('the first of the customary files that is there is taken', () => {
    const there = new Set(['/etc/supervisor/supervisord.conf', 'etc/supervisord.conf']);
    expect(findConfig('/usr/bin/supervisord', (path) => there.has(path))).toBe('etc/supervisord.conf');
  });

  test('the two first places are relative to the executable', () => {
    expect(
      findConfig('/opt/x/bin/supervisord', (path) => path === '/opt/x/etc/supervisord.conf'),
    ).not.toBeNull();
    expect(findConfig('./supervisord', () => true)).toBe('etc/supervisord.conf');
  });

  test('of a program that was called by its mere name is beside where PATH has it', () => {
    const there = (path: string) => path === '/opt/x/bin/supervisord';
    const path = '/usr/bin:/opt/x/bin:/bin';
    expect(programPath('supervisord', path, '/real/tsupervisor', there)).toBe('/opt/x/bin/supervisord');
    expect(programPath('./supervisord', path, '/real/tsupervisor', there)).toBe('./supervisord');
    expect(programPath('-su', path, '/real/tsupervisor', there)).toBe('/real/tsupervisor');
    expect(programPath('supervisord', undefined, '/real/tsupervisor', there)).toBe('/real/tsupervisor');
  });

  test('all places are named when there is none', () => {
    expect(() => requireConfig('/usr/bin/supervisord', () => false)).toThrow(
      'No config file found at default paths (/usr/etc/supervisord.conf, /usr/supervisord.conf, supervisord.conf,' +
        ' etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf);' +
        ' use the -c option to specify a config file at a different path',
    );
  });
});
