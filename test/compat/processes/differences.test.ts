// Differences that docs/compatibility.md lists, as the original and ours show them.
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Daemon, original, ours, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** What `look` sees under each. */
async function forBoth<T>(
  look: (executable: readonly string[]) => Promise<T>,
): Promise<{ ours: T; original: T }> {
  const [mine, theirs] = await Promise.all([look(ours), look(original)]);
  return { ours: mine, original: theirs };
}

test('with startsecs=0 a program is RUNNING before the next is spawned; the original spawns all first', async () => {
  const config = ['a', 'b'].map((name) => `[program:${name}]\ncommand=/bin/cat\nstartsecs=0\n`).join('');
  const order = await forBoth((executable) =>
    withDaemon({ executable, config }, async (daemon) => {
      await eventually(() => daemon.log().split('success:').length === 3, { what: 'both to run' });
      return [...daemon.log().matchAll(/(spawned|success): '?(\w)/g)].map(
        ([, what, name]) => `${what} ${name}`,
      );
    }),
  );
  expect(order.original).toEqual(['spawned a', 'spawned b', 'success a', 'success b']);
  expect(order.ours).toEqual(['spawned a', 'success a', 'spawned b', 'success b']);
});

/** Takes the directory off the last argument, which is the path of the configuration. */
const relative =
  'import os, sys; *rest, last = sys.argv[1:]; os.execv(rest[0], [*rest, os.path.basename(last)])';

test('CANT_REREAD names the file by its absolute path; the original as it was given', async () => {
  const texts = await forBoth((executable) =>
    withDaemon(
      { executable: ['/usr/bin/python3', '-c', relative, ...executable], config: '' },
      async (daemon) => {
        const text = readFileSync(daemon.configPath, 'utf8');
        writeFileSync(
          daemon.configPath,
          `${text}[program:x]\ncommand=/bin/cat\nstdout_logfile=/nonexistent/x.log\n`,
        );
        const { stdout } = await daemon.supervisorctl('reread');
        return stdout.replace(daemon.directory, 'HERE');
      },
    ),
  );
  const error = (file: string) =>
    'ERROR: CANT_REREAD: The directory named as part of the path /nonexistent/x.log does not exist' +
    ` in section 'program:x' (file: '${file}')\n`;
  expect(texts).toEqual({ ours: error('HERE/supervisord.conf'), original: error('supervisord.conf') });
});

test('tries to open a log in vain leave no descriptors behind; those of the original do', async () => {
  const left = await forBoth(async (executable) => {
    const daemon = await Daemon.start({
      executable,
      files: { 'logs/x.log': '' },
      config: `[program:x]
command=/bin/cat
autostart=false
startretries=1000
stdout_logfile=%(here)s/logs/x.log`,
    });
    try {
      rmSync(daemon.path('logs'), { recursive: true });
      const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length;
      const tries = (count: number) =>
        eventually(() => daemon.log().split('spawnerr: unknown error making dispatchers').length > count, {
          what: `${count} tries`,
        });
      await daemon.supervisorctl('start', 'x');
      await tries(1);
      const before = descriptors();
      await tries(3);
      const after = descriptors();
      return after - before;
    } finally {
      mkdirSync(daemon.path('logs'), { recursive: true });
      await daemon.stop();
    }
  });
  expect(left.ours).toBeLessThanOrEqual(0);
  expect(left.original).toBeGreaterThanOrEqual(12);
});
