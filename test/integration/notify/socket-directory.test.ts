// Where a daemon makes the sockets of programs with ready=notify, when the usual places will not do.
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { ours, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const support = join(import.meta.dir, '../../support');
const script = `import sys
sys.path.insert(0, ${JSON.stringify(support)})
sys.dont_write_bytecode = True
from notify import *
write('address', address())
send('READY=1')
stay()
`;
const told = {
  config: `[program:told]
command=/usr/bin/python3 told.py
directory=%(here)s
ready=notify
startretries=0
stdout_logfile=NONE
stderr_logfile=NONE
[program:plain]
command=/bin/sleep 1000
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
`,
  files: { 'told.py': script },
} as const;

/** The daemon, started by this script in its directory. */
function startedBy(shellScript: string) {
  return { ...told, executable: ['/bin/sh', '-c', `${shellScript}\nexec "$@"`, 'sh', ...ours] };
}

test('a directory for temporary files whose path is too long for a socket is passed over', async () => {
  const long = 'a'.repeat(80);
  const asStranger = `mkdir ${long}; chown -R 65534:65534 .; unset XDG_RUNTIME_DIR; export TMPDIR="$PWD/${long}"
set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`;
  await withDaemon(startedBy(asStranger), async (daemon) => {
    await eventually(async () => (await daemon.states()).told === 'RUNNING', { what: 'it to be ready' });
    expect(daemon.read('address')).toMatch(/^\/tmp\/tsupervisor-\w{6}\/[\w-]{22}$/);
  });
});

test('without any place for its socket a program fails with the reason, and others run', async () => {
  const readOnly = `mount -t tmpfs -o ro none /run
mount --bind /tmp /tmp
cd "$PWD"
mount --bind "$PWD" "$PWD"
mount -o remount,bind,ro /tmp`;
  const { executable, ...setup } = startedBy(readOnly);
  const apart = { ...setup, executable: ['unshare', '--mount', ...executable] };
  await withDaemon(apart, async (daemon) => {
    await eventually(async () => (await daemon.states()).told === 'FATAL', { what: 'it to have failed' });
    expect((await daemon.supervisorctl('status', 'told')).stdout).toMatch(
      /couldn't make its notify socket: EROFS: .*\/run\/tsupervisor-/,
    );
    expect((await daemon.states()).plain).toBe('RUNNING');
  });
});
