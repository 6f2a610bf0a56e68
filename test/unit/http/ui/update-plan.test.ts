import { describe, expect, test } from 'bun:test';
import type { GroupConfig } from '../../../../src/config/config.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { processOptions } from '../../../../src/config/option-texts.ts';
import { programOptions } from '../../../../src/config/options/program.ts';
import { updatePlan } from '../../../../src/http/ui/update-plan.ts';
import { memoryHost } from '../../config/memory-host.ts';

function groups(sections: string): readonly GroupConfig[] {
  const host = memoryHost({ '/etc/s.conf': `[supervisord]\n${sections}` });
  return loadConfig({ path: '/etc/s.conf', overrides: {}, host }).groups;
}

const plan = (before: string, after: string) => updatePlan(groups(before), groups(after));
const cat = '[program:cat]\ncommand=/bin/cat\n';

/** Every option that is not as by default, as one would write it. */
const unusual = {
  command: '/bin/cat -u',
  directory: '/tmp',
  umask: '027',
  priority: '5',
  autostart: 'false',
  autorestart: 'true',
  startsecs: '2',
  startretries: '7',
  stopsignal: 'INT',
  stopwaitsecs: '9',
  stopasgroup: 'true',
  killasgroup: 'true',
  exitcodes: '0,2',
  user: 'nobody',
  redirect_stderr: 'true',
  serverurl: 'http://localhost:1',
  stdout_logfile: '/tmp/cat.log',
  stdout_logfile_maxbytes: '3MB',
  stdout_logfile_backups: '4',
  stdout_logfile_format: 'json',
  stdout_logfile_rotate: 'weekly mon 03:30',
  stdout_logfile_compress: 'gzip',
  stdout_logfile_maxage: '30d',
  stdout_capture_maxbytes: '1KB',
  stdout_events_enabled: 'true',
  stdout_syslog: 'true',
  max_memory: '100MB',
  http_check: 'http://localhost:2/',
  http_check_interval: '30',
  http_check_timeout: '3',
  http_check_status: '204',
  http_check_text: 'fine',
  exit_on_fatal: 'true',
};
const section = (options: Record<string, string>) =>
  `[program:cat]\n${Object.entries(options)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

describe('the options of a process', () => {
  test('bear the names that they have in the file', () => {
    const known = new Set(Object.values(programOptions).map(({ key }) => key));
    for (const sections of [cat, section(unusual)]) {
      const [process] = groups(sections)[0]?.processes ?? [];
      const keys = process ? [...processOptions(process).keys()] : [];
      expect(keys.length).toBeGreaterThan(20);
      expect(keys.filter((key) => !known.has(key))).toEqual([]);
    }
  });

  test('are shown as one would write them', () => {
    const [process] = groups(section(unusual))[0]?.processes ?? [];
    const shown = process ? Object.fromEntries(processOptions(process)) : {};
    expect(shown).toMatchObject(unusual);
  });

  test('hide the values of environment variables', () => {
    const [process] = groups(`${cat}environment=PASSWORD="geheim"\n`)[0]?.processes ?? [];
    const shown = process ? processOptions(process) : new Map();
    expect(shown.get('environment.PASSWORD')).toBe('•••');
    expect(JSON.stringify([...shown])).not.toContain('geheim');
  });
});

describe('the plan of an update', () => {
  test('is empty when nothing has changed', () => {
    expect(plan(cat, cat).changes).toEqual([]);
  });

  test('tells of a new program what is not as by default', () => {
    expect(plan('', `${cat}stopwaitsecs=3\n`).changes).toEqual([
      {
        group: 'cat',
        kind: 'added',
        options: [{ option: 'type', before: null, after: 'programs' }],
        processes: [
          {
            process: 'cat',
            kind: 'added',
            options: [
              { option: 'command', before: null, after: '/bin/cat' },
              { option: 'stopwaitsecs', before: null, after: '3' },
            ],
          },
        ],
      },
    ]);
  });

  test('tells each option that changes, before and after, in the order of the reference', () => {
    const [change] = plan(`${cat}stopwaitsecs=3\n`, `${cat}priority=4\nstopwaitsecs=5\n`).changes;
    expect(change?.processes[0]?.options).toEqual([
      { option: 'priority', before: '999', after: '4' },
      { option: 'stopwaitsecs', before: '3', after: '5' },
    ]);
  });

  test('tells what is taken away', () => {
    expect(plan(cat, '').changes).toMatchObject([{ group: 'cat', kind: 'removed' }]);
  });

  test('tells that a hidden value changes, not what it is', () => {
    const [change] = plan(`${cat}environment=A=old\n`, `${cat}environment=A=new\n`).changes;
    expect(change?.processes[0]?.options).toEqual([
      { option: 'environment.A', before: '•••', after: '••• *' },
    ]);
  });

  test('has a token of its own for each change', () => {
    const tokens = ['x', 'y', 'z'].map((name) => plan(cat, `${cat}directory=/${name}\n`).token);
    expect(new Set(tokens).size).toBe(3);
    expect(plan(cat, `${cat}directory=/x\n`).token).toBe(tokens[0] ?? '');
  });
});
