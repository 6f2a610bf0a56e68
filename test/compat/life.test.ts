// The log of a whole life at level debug: the lines of the original, and no others.
import { expect, test } from 'bun:test';
import { appendFileSync } from 'node:fs';
import { type Daemon, original, ours, withDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

/** The shell of `polite` would say so if the signal comes while it waits for sleep(1), and not if it comes between. */
const config = `
[program:cat]
command=/bin/cat
startsecs=0
stderr_logfile=NONE
[program:missing]
command=/nonexistent
startretries=1
[program:fails]
command=/bin/sh -c 'exit 3'
startsecs=30
startretries=1
autostart=false
[program:dies]
command=/bin/sh -c 'sleep 1; kill -SEGV $$'
startsecs=0
autorestart=false
autostart=false
[program:polite]
command=/bin/sh -c 'exec 2>/dev/null; trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done'
startsecs=0
autostart=false
stopasgroup=true
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
startsecs=0
stopwaitsecs=1
killasgroup=true
autostart=false
[eventlistener:listener]
command=/bin/cat
events=PROCESS_GROUP
startsecs=0
`;

test('the log of a daemon from its start to its end has the lines of the original', async () => {
  const [theirs, mine] = await Promise.all([logOf(original), logOf(ours)]);
  expect(mine).toEqual(theirs);
});

/** Each line once, in the order of the alphabet: how often and when something is noticed is up to a poll there. */
function logOf(executable: readonly string[]): Promise<readonly string[]> {
  return withDaemon({ executable, config, supervisord: 'loglevel=debug' }, async (daemon) => {
    await live(daemon);
    daemon.subprocess.kill('SIGTERM');
    await daemon.subprocess.exited;
    const lines = daemon
      .log()
      .split('\n')
      .map((line) => comparable(line, daemon));
    return [...new Set(lines)].filter((line) => !listed.test(line)).toSorted();
  });
}

async function live(daemon: Daemon): Promise<void> {
  for (const name of ['polite', 'stubborn']) {
    await daemon.supervisorctl('start', name);
    await eventually(async () => (await daemon.supervisorctl('tail', name)).stdout.includes('ready'), {
      what: name,
    });
    await daemon.supervisorctl('stop', name);
  }
  for (const name of ['fails', 'dies']) await daemon.supervisorctl('start', name);
  await logged(daemon, 'gave up: missing entered FATAL state');
  await logged(daemon, 'gave up: fails entered FATAL state');
  await logged(daemon, 'exited: dies');
  await daemon.supervisorctl('signal', 'HUP', 'cat');
  await logged(daemon, 'exited: cat');
  appendFileSync(daemon.configPath, '[program:new]\ncommand=/bin/cat\nstartsecs=0\n');
  await daemon.supervisorctl('update');
  await daemon.supervisorctl('stop', 'new');
  await daemon.supervisorctl('remove', 'new');
  daemon.subprocess.kill('SIGUSR2');
  await logged(daemon, 'received SIGUSR2');
  for (const [times, restart] of [
    () => daemon.supervisorctl('reload'),
    async () => daemon.subprocess.kill('SIGHUP'),
  ].entries()) {
    await restart();
    const count = () => daemon.log().split('supervisord started with pid').length - 1;
    await eventually(() => count() === times + 2, { what: 'the restart', timeoutMs: 30_000 });
    await eventually(
      () => daemon.log().lastIndexOf("spawned: 'new'") > daemon.log().lastIndexOf('started with pid'),
      {
        what: 'the programs to run',
      },
    );
  }
}

function logged(daemon: Daemon, line: string): Promise<void> {
  return eventually(() => daemon.log().includes(line), { what: line, timeoutMs: 30_000 });
}

/** In docs/compatibility.md. */
const listed = /^DEBG fd \d+ closed, stopped monitoring|^INFO waiting for .* to (?:die|stop)$/;

function comparable(line: string, daemon: Daemon): string {
  return line
    .replace(/^\S+ \S+ /, '')
    .replaceAll(daemon.directory, 'DIR')
    .replaceAll(String(daemon.port), 'PORT')
    .replace(/pid \d+/, 'pid PID')
    .replace(/\(\d+\) with SIGKILL/, '(PID) with SIGKILL');
}
