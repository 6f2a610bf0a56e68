// A daemon in the foreground of a terminal: what its programs can do there, and what Ctrl-C does.
import { expect, test } from 'bun:test';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conversation } from '../support/conversation.ts';
import { ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

/** As another user's program that would type into the shell from which root has started the daemon. */
const typist = `import errno, fcntl, os, signal, sys, termios, time
def say(*words): print(*words, flush=True)
signal.signal(signal.SIGINT, lambda *_: say('interrupted'))
say('leads its group:', os.getpgrp() == os.getpid())
say('leads its session:', os.getsid(0) == os.getpid())
try:
    terminal = os.open('/dev/tty', os.O_RDWR)
    fcntl.ioctl(terminal, termios.TIOCSTI, b'#')
    say('has typed')
except OSError as error:
    say('terminal:', errno.errorcode[error.errno])
say('child', os.spawnv(os.P_NOWAIT, '/bin/sleep', ['sleep', '100000']))
while True: time.sleep(1000)
`;

const config = `[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
[unix_http_server]
file=%(here)s/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
[program:typist]
command=/usr/bin/python3 %(here)s/typist.py
user=nobody
stdout_logfile=%(here)s/typist.log
stopasgroup=true
startsecs=0
[program:own]
command=/usr/bin/python3 %(here)s/typist.py
stdout_logfile=%(here)s/own.log
stopasgroup=true
startsecs=0
`;

test('programs of a daemon at a terminal cannot type into it, and Ctrl-C stops them in an orderly way', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-terminal-'));
  chmodSync(directory, 0o755);
  const path = (name: string) => join(directory, name);
  const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');
  writeFileSync(path('supervisord.conf'), config);
  writeFileSync(path('typist.py'), typist);
  const terminal = Conversation.atTerminal([...ours, '-n', '-c', path('supervisord.conf')]);
  try {
    const logs = ['typist.log', 'own.log'];
    await eventually(() => logs.every((name) => read(name).includes('child')), { what: 'both programs' });
    for (const name of logs)
      expect(read(name)).toMatch(
        /^leads its group: True\nleads its session: True\nterminal: ENXIO\nchild \d+\n$/,
      );
    const children = logs.map((name) => Number(/child (\d+)/.exec(read(name))?.[1]));
    expect((await run(['/usr/bin/supervisorctl', '-c', path('supervisord.conf'), 'status'])).stdout).toMatch(
      /^own +RUNNING.*\ntypist +RUNNING/,
    );
    terminal.types('\x03');
    expect((await terminal.ended()).status).toBe(0);
    const log = read('supervisord.log');
    expect(log).toContain('WARN received SIGINT indicating exit request');
    for (const name of ['typist', 'own'])
      expect(log).toContain(`WARN stopped: ${name} (terminated by SIGTERM)`);
    for (const name of logs) expect(read(name)).not.toContain('interrupted');
    await eventually(() => !children.some((pid) => existsSync(`/proc/${pid}`)), {
      what: 'the rest of each group to end',
    });
  } finally {
    terminal.signal('SIGINT');
    await terminal.ended();
    rmSync(directory, { recursive: true });
  }
});
