// The same output under the original and under ours: which files there are, and what is in them.
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, type Outcome, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** Ours and the original on the same configuration, for as long as `story` lasts. */
async function withBoth(
  config: string,
  story: (mine: Daemon, theirs: Daemon) => Promise<void>,
  supervisord = '',
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const start = (executable: readonly string[]) => Daemon.start({ config, supervisord, files, executable });
  const [mine, theirs] = await Promise.all([start(ours), start(original)]);
  try {
    await story(mine, theirs);
  } finally {
    await Promise.all([mine.stop(), theirs.stop()]);
  }
}

/** Writes its arguments, one at a time: the next when the file NAME.go has grown by a byte. */
const speaker = `${join(import.meta.dir, 'speaker.py')} %(here)s/go`;

/** Lets both say each word, and sees to it that both logs change and become the same each time; what they are at last. */
async function sayAll(
  words: readonly string[],
  mine: Daemon,
  theirs: Daemon,
): Promise<Record<string, string>> {
  for (const word of words) {
    const before = [mine, theirs].map(logText);
    for (const daemon of [mine, theirs]) await Bun.write(daemon.path('go'), `${daemon.read('go')}.`);
    await eventually(
      () => {
        const after = [mine, theirs].map(logText);
        return after.every((text, index) => text !== before[index]) && after[0] === after[1];
      },
      { what: `the same logs after '${word}'` },
    );
  }
  return logs(mine);
}

function logText(daemon: Daemon): string {
  return JSON.stringify(logs(daemon));
}

function logs(daemon: Daemon): Record<string, string> {
  const names = readdirSync(daemon.directory).filter((name) => name.startsWith('out.log'));
  return Object.fromEntries(names.sort().map((name) => [name, daemon.read(name)]));
}

function program(words: readonly string[], options: string): string {
  const script = words.map((word) => `"${word}"`).join(' ');
  return `[program:out]
command=/usr/bin/python3 ${speaker} ${script}
startsecs=0
stdout_logfile=%(here)s/out.log
${options}`;
}

describe('rotation is that of the original', () => {
  const words = [
    'first word',
    'a second one that is longer',
    'x',
    'four',
    'another long one, it is the fifth',
    'six',
    'seven',
  ];
  for (const [maxBytes, backups] of [
    [0, 3],
    [20, 0],
    [20, 1],
    [20, 3],
    [1, 2],
  ] as const) {
    test.concurrent(`with ${backups} old files of ${maxBytes} bytes`, async () => {
      const options = `stdout_logfile_maxbytes=${maxBytes}\nstdout_logfile_backups=${backups}`;
      await withBoth(program(words, options), async (mine, theirs) => {
        const last = await sayAll(words, mine, theirs);
        expect(Object.keys(last).length > 1).toBe(maxBytes > 0 && backups > 0);
      });
    });
  }
});

test.concurrent('what goes to /dev/null reads as an empty log, as with the original', async () => {
  const config = `[program:out]\ncommand=/bin/cat\nstdout_logfile=/dev/null`;
  await withBoth(config, async (mine, theirs) => {
    for (const script of [readNothing, 'print(server.tailProcessStdoutLog("out", 50, 100))']) {
      const [ofMine, ofTheirs] = await Promise.all([asked(mine, script), asked(theirs, script)]);
      expect(ofMine).toEqual(ofTheirs);
      expect(ofMine.status).toBe(0);
    }
    const [ofMine, ofTheirs] = await Promise.all(
      [mine, theirs].map((each) => each.supervisorctl('tail', 'out')),
    );
    expect(ofMine).toEqual({ status: 0, stdout: '\n', stderr: '' });
    expect(ofMine).toEqual(ofTheirs);
  });
});

/** Both ends, the whole, and a window that is none. */
const readNothing = `
for window in (0, 0), (-10, 0), (7, 2), (-5, 10):
    try:
        print(repr(server.readProcessStdoutLog("out", *window)))
    except Fault as fault:
        print(fault)`;

/** What Python's client prints; `server` is the interface that supervisorctl uses. */
function asked(daemon: Daemon, script: string): Promise<Outcome> {
  const client = `from xmlrpc.client import Fault, ServerProxy
server = ServerProxy("http://127.0.0.1:${daemon.port}").supervisor
${script}`;
  return run(['/usr/bin/python3', '-c', client]);
}

describe('what a log leaves out is that of the original', () => {
  test.concurrent('colours with strip_ansi', async () => {
    const words = [
      '\\\\x1b[1mbold\\\\x1b[0m',
      'plain',
      '\\\\x1b[2Gc\\\\x1b[Kd',
      '\\\\x1b]0;title',
      '\\\\x1b[31mred\\\\x1b[39m',
    ];
    await withBoth(
      program(words, ''),
      async (mine, theirs) => {
        expect(await sayAll(words, mine, theirs)).toMatchObject({
          'out.log': expect.stringContaining('bold\n'),
        });
      },
      'strip_ansi=true',
    );
  });

  test.concurrent('what is captured', async () => {
    const padding = 'long enough to be looked at, as it is above twenty-four bytes';
    const captured = `${padding}<!--XSUPERVISOR:BEGIN-->hidden<!--XSUPERVISOR:END-->${padding}`;
    const words = [padding, captured, padding];
    await withBoth(program(words, 'stdout_capture_maxbytes=1MB'), async (mine, theirs) => {
      expect(JSON.stringify(await sayAll(words, mine, theirs))).not.toContain('hidden');
    });
  });
});

describe('AUTO logs are those of the original', () => {
  test.concurrent('by name, for the channels that have one', async () => {
    const config =
      '[program:a]\ncommand=/bin/cat\n[program:b]\ncommand=/bin/cat\nredirect_stderr=true\nautostart=false';
    await withBoth(config, async (mine, theirs) => {
      expect(autoNames(mine)).toEqual(autoNames(theirs));
      expect(autoNames(mine)).toHaveLength(3);
    });
  });

  for (const [supervisord, what, stay, afterRestart] of [
    ['', 'go at the next start, with their old files', false, 2],
    ['nocleanup=true', 'stay with nocleanup', true, 7],
    ['identifier=elsewhere', 'stay when they are those of another identifier', true, 5],
  ] as const) {
    test.concurrent(what, async () => {
      const old = [
        'a-stdout---supervisor-abcd_123.log',
        'a-stdout---supervisor-abcd_123.log.1',
        'gone-stderr---supervisor-00000000.log',
      ];
      const files = Object.fromEntries(old.map((name) => [name, 'old']));
      const config = '[program:a]\ncommand=/bin/cat\nautostart=false';
      await withBoth(
        config,
        async (mine, theirs) => {
          expect(autoNames(mine)).toEqual(autoNames(theirs));
          expect(old.filter((name) => existsSync(mine.path(name)))).toEqual(stay ? old : []);
          for (const daemon of [mine, theirs]) daemon.subprocess.kill('SIGHUP');
          const started = (daemon: Daemon) => daemon.log().split('started with pid').length === 3;
          await eventually(() => [mine, theirs].every(started), { what: 'both to be restarted' });
          expect(autoNames(mine)).toEqual(autoNames(theirs));
          expect(autoNames(mine)).toHaveLength(afterRestart);
        },
        supervisord,
        files,
      );
    });
  }
});

function autoNames(daemon: Daemon): string[] {
  const names = readdirSync(daemon.directory).filter((name) => name.includes('---'));
  return names.map((name) => name.replace(/-[a-z0-9_]{8}\.log$/, '-XXXXXXXX.log')).sort();
}
