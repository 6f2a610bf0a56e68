// What a child sees of its environment, compared with the original.
import { beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { Daemon, original, ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

/** Prints everything a program can ask the kernel and its environment about itself. */
const look = `import os, resource, signal, sys
status = dict(line.rstrip("\\n").split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
def kind(fd):
    return os.readlink("/proc/self/fd/%d" % fd).split(":")[0]
facts = {
    "argv": sys.argv[1:],
    "cwd": os.getcwd(),
    "environment": sorted(k + "=" + v for k, v in os.environ.items() if k not in ("LC_CTYPE", "_")),
    "uid": status["Uid"], "gid": status["Gid"], "groups": sorted(os.getgroups()),
    "capabilities": status["CapEff"],
    "fds": sorted((int(fd), kind(int(fd))) for fd in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + fd)),
    "umask": status["Umask"],
    "leads its group": os.getpgrp() == os.getpid(),
    "leads its session": os.getsid(0) == os.getpid(),
    "session of its parent": os.getsid(0) == os.getsid(os.getppid()),
    "blocked": status["SigBlk"],
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
    "nice": os.nice(0),
}
for name, value in sorted(facts.items()):
    print(name, "=", value)
sys.stdout.flush()
signal.pause()
`;

const setup = {
  files: { 'look.py': look },
  supervisord: 'environment=COMMON="both",PLACE="%(here)s"\nminfds=2048',
  config: `[program:root]
command=/usr/bin/python3 %(here)s/look.py one "two words" '%%d'
environment=MINE="it is 50%% of 'all'",COMMON="mine"
[program:nobody]
command=/usr/bin/python3 %(here)s/look.py
user=www-data
umask=027
directory=/tmp
[program:merged]
command=/usr/bin/python3 %(here)s/look.py
redirect_stderr=true
process_name=%(program_name)s_%(process_num)d
numprocs=2
serverurl=
[group:pair]
programs=merged`,
} as const;

const programs = ['root', 'nobody', 'pair:merged_0', 'pair:merged_1'];
const seen: Record<string, Record<string, string>> = {};

async function viewsOf(executable: readonly string[]): Promise<Record<string, string>> {
  // Without the terminal of the test run: with one the two differ (test/integration/terminal.test.ts).
  const daemon = await Daemon.start({ ...setup, executable: ['/usr/bin/setsid', ...executable] });
  try {
    await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
      what: 'all programs to run',
    });
    const views = await Promise.all(programs.map((name) => daemon.supervisorctl('tail', '-100000', name)));
    return Object.fromEntries(
      views.map(({ stdout }, index) => [
        programs[index] ?? '',
        stdout.replaceAll(daemon.directory, 'DIRECTORY').replaceAll(/PWD=[^']*|OLDPWD=[^']*/g, 'PWD'),
      ]),
    );
  } finally {
    await daemon.stop();
  }
}

beforeAll(async () => {
  expect(existsSync('/usr/bin/supervisord')).toBe(true);
  [seen.ours, seen.original] = [await viewsOf(ours), await viewsOf(original)];
});

describe('a child of tsupervisor', () => {
  for (const name of programs) {
    test(`${name} sees what it would see under the original`, () => {
      expect(seen.ours?.[name]).toContain('environment =');
      expect(seen.ours?.[name]).toBe(seen.original?.[name] ?? '');
    });
  }
});
