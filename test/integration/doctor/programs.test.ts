// Every reason for which a program may not run, brought about for real: the doctor must find it and say what to do.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { ProgramFindingId } from '../../../src/doctor/finding.ts';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { newStranger } from '../../support/stranger.ts';
import { type Advice, asUser, expectAdvice, newHome } from './patient.ts';

interface Failure extends Advice {
  /** Of the section; `PORT` is one that is taken, `TOOLS` a directory of programs that do not work. */
  readonly program: string;
  /** A daemon that is not root's, has next to no descriptors, or no processes; else that of root. */
  readonly under?: 'user' | 'few descriptors' | 'few processes';
  readonly state?: 'UNKNOWN' | 'RUNNING' | 'STARTING';
}

const failures: Readonly<Record<ProgramFindingId, Failure>> = {
  'program-command-not-found': {
    program: 'command=/nonexistent/worker --fast',
    en: /is FATAL\n\/nonexistent\/worker does not exist/,
    zh: /处于 FATAL 状态\n\/nonexistent\/worker 不存在/,
    remedy: /^command -v worker /,
  },
  'program-command-is-directory': {
    program: 'command=/usr/share',
    en: /\/usr\/share is a directory/,
    zh: /\/usr\/share 是目录/,
    remedy: /^ls -l \/usr\/share\n/,
  },
  'program-command-not-executable': {
    program: 'command=TOOLS/plain',
    en: /plain is not executable/,
    zh: /plain 没有可执行权限/,
    remedy: /^chmod \+x \/.*\/plain\n/,
  },
  'program-command-not-permitted': {
    program: 'command=TOOLS/roots-own',
    under: 'user',
    en: /the daemon's user has no permission to run \/.*\/roots-own/,
    zh: /守护进程的用户无权执行 \/.*\/roots-own/,
    remedy: /^namei -l \/.*\/roots-own\n/,
  },
  'program-command-unusable': {
    program: 'command=/bin/sh -c "exit 1',
    en: /can't parse command .*No closing quotation/,
    zh: /can't parse command/,
    remedy: /^command = \/bin\/sh -c "…"/,
  },
  'program-directory-unusable': {
    program: 'command=/bin/cat\ndirectory=/nonexistent/home',
    en: /cannot change to directory=\/nonexistent\/home: ENOENT/,
    zh: /无法进入 directory=\/nonexistent\/home/,
    remedy: /^mkdir -p \/nonexistent\/home\n/,
  },
  'program-user-not-permitted': {
    program: 'command=/bin/cat\nuser=nobody',
    under: 'user',
    en: /the daemon cannot switch to user 65534/,
    zh: /守护进程无法切换到用户 65534/,
    remedy: /user=/,
  },
  'program-script-without-interpreter': {
    program: 'command=TOOLS/no-interpreter',
    en: /no-interpreter is a script without #!/,
    zh: /no-interpreter 是第一行没有 #! 的脚本/,
    remedy: /^head -c 20 \/.*\/no-interpreter \| od -c .*\n.*#!\/bin\/sh/,
  },
  'program-command-not-started': {
    program: 'command=TOOLS/lost-interpreter',
    en: /lost-interpreter cannot be executed: ENOENT .*after #! does not exist/,
    zh: /无法执行 \/.*\/lost-interpreter：ENOENT/,
    remedy: /^head -1 \/.*\/lost-interpreter \| cat -A .*\n/,
  },
  'program-log-not-writable': {
    program: 'command=/bin/cat\nstdout_logfile=/etc/cat.log',
    under: 'user',
    en: /its log cannot be opened: EACCES/,
    zh: /无法打开日志：EACCES/,
    remedy: /^ls -ld \/etc\/cat\.log/,
  },
  'program-descriptors-used-up': {
    program: 'command=/bin/sleep 300\nstartsecs=0\nautostart=true\nautorestart=true',
    under: 'few descriptors',
    en: /the daemon has no free file descriptors/,
    zh: /守护进程的文件描述符已用尽/,
    remedy: /^\[supervisord\]\nminfds = 65536\n/,
  },
  'program-processes-used-up': {
    program: 'command=/bin/cat',
    under: 'few processes',
    en: /the limit of processes is reached/,
    zh: /进程数已达上限/,
    remedy: /^ulimit -u\n/,
  },
  'program-port-taken': {
    program: 'command=/usr/bin/python3 -m http.server --bind 127.0.0.1 PORT\nstartsecs=2',
    en: /its port is taken.*Address already in use/s,
    zh: /所需端口已被占用/,
    remedy: /^ss -ltnp/,
  },
  'program-module-not-found': {
    program: 'command=/usr/bin/python3 -c "import no_such_module"\nstartsecs=2',
    en: /ModuleNotFoundError: No module named 'no_such_module'/,
    zh: /最后的输出.*ModuleNotFoundError/s,
    remedy: /venv\/bin\/python/,
  },
  'program-permission-denied': {
    program: 'command=/bin/cat /etc/shadow\nuser=www-data',
    en: /www-data lacks a permission: Permission denied/,
    zh: /www-data 缺少权限/,
    remedy: /namei -l PATH/,
  },
  'program-file-not-found': {
    program: 'command=/bin/cat settings.yaml\ndirectory=/usr/share',
    en: /a file is missing; its working directory is \/usr\/share.*settings\.yaml/s,
    zh: /找不到某个文件；其工作目录为 \/usr\/share/,
    remedy: /^directory = /,
  },
  'program-exits-too-quickly': {
    program: `command=/bin/sh -c 'echo no database >&2; exit 3'`,
    en: /it exits within startsecs=1: exit status 3; its last output:\n {2}\| no database$/,
    zh: /在 startsecs=1 秒内退出：exit status 3；最后的输出：\n {2}\| no database$/,
    remedy: /^tsupervisor tail -c \S+ \S+ --stderr\n/,
  },
  'program-not-ready': {
    program: 'command=/bin/sleep 300\nready=tcp://127.0.0.1:1\nready_timeout=1s',
    en: /is FATAL\nit does not become ready \(ready=tcp:\/\/127\.0\.0\.1:1\): not ready within 1 second/,
    zh: /处于 FATAL 状态\n它没有就绪（ready=tcp:\/\/127\.0\.0\.1:1）：/,
    remedy: /^tsupervisor tail -c \S+ \S+ --stderr\n# .* ready=tcp:.*\nready_timeout = 5m {3}; /,
  },
  'program-dependencies-not-met': {
    program: 'command=/bin/cat\ndepends_on=command-not-found\ndepends_timeout=1s',
    en: /is FATAL\nit gave up waiting for command-not-found \(FATAL\) for more than 1 second/,
    zh: /处于 FATAL 状态\n等待依赖超时：/,
    remedy: /^tsupervisor status -c \S+ .*\ndepends_timeout = 1h {3}; /,
  },
  'program-waits': {
    program: 'command=/bin/cat\ndepends_on=command-not-found',
    state: 'STARTING',
    en: /for command-not-found \(ready\), which is FATAL\ncommand-not-found: can't find command/,
    zh: /等待 command-not-found（ready），而它处于 FATAL 状态\ncommand-not-found：can't find/,
    remedy: /^tsupervisor start -c \S+ command-not-found +# .*waits/,
  },
  'program-daemonises-itself': {
    program: `command=/bin/sh -c 'setsid /bin/sleep 300 & echo $! >%(here)s/left'`,
    en: /it daemonises itself\n.*pid \d+: /,
    zh: /会自行转入后台/,
    remedy: /\nkill \d+\n/,
  },
  'program-keeps-restarting': {
    program: `command=/bin/sh -c 'exec sleep 0.9'\nstartsecs=0\nautostart=true\nautorestart=true\nexitcodes=3`,
    state: 'RUNNING',
    en: /keeps restarting: it exited \d+ times within a minute\nit exits soon after each start: exit status 0/,
    zh: /反复重启：一分钟内退出了 \d+ 次\n它每次启动后不久就结束：exit status 0/,
    remedy: /^tsupervisor tail -c \S+ \S+ --stderr$/,
  },
  'program-unknown': {
    program: `command=TOOLS/rooted -e '$| = 1; $< = 0; print "root\\n"; sleep 300'\nstartsecs=0\nautostart=true`,
    under: 'user',
    state: 'UNKNOWN',
    en: /is UNKNOWN\nthe daemon has no permission to signal it/,
    zh: /处于 UNKNOWN 状态\n守护进程无权向它发信号/,
    remedy: /^ps -ef \| grep -w \d+$/,
  },
};

const nameOf = (id: string): string => id.replace('program-', '');

const [stranger, owner] = newStranger();
const daemonOf = (user: readonly string[], owner: string) => ({
  executable: ['/bin/sh', '-c', `chown ${owner} . && exec "$0" "$@"`, ...user, ...ours],
});

const daemons: Partial<Record<NonNullable<Failure['under']> | 'root', Daemon>> = {};
const tools = newHome();
let taken: Server;

beforeAll(async () => {
  makeTools();
  const port = await freePort();
  taken = createServer().listen(port, '127.0.0.1');
  const sections = (under: Failure['under'], more = ''): string =>
    Object.entries(failures)
      .filter(([, failure]) => failure.under === under)
      .map(([id, { program }]) => section(id, program.replace('PORT', `${port}`).replace('TOOLS', tools)))
      .map((text) => text + more)
      .join('\n');
  const later = '\nautostart=false';
  const [root, user, descriptors, processes] = await Promise.all([
    Daemon.start({ config: sections(undefined) }),
    Daemon.start({ ...daemonOf(asUser, 'www-data'), config: sections('user'), supervisord: 'user=www-data' }),
    Daemon.start({ ...daemonOf(stranger, owner), config: sections('few descriptors') }),
    Daemon.start({ ...daemonOf(stranger, owner), config: sections('few processes', later) }),
  ]);
  Object.assign(daemons, { root, user, 'few descriptors': descriptors, 'few processes': processes });
  await useUpDescriptors(descriptors);
  await limit(processes, 'nproc=1:');
  await processes.supervisorctl('start', 'all');
  // To read a log for the doctor the daemon needs a thread.
  await limit(processes, 'nproc=1000:');
  await eventually(() => user.read('unknown.out') !== '', { what: 'a program to become root' });
  await user.supervisorctl('signal', 'HUP', 'unknown');
});

afterAll(async () => {
  taken.close();
  for (const daemon of Object.values(daemons)) {
    const left = Number(daemon.read('left'));
    if (left > 0) process.kill(left, 'SIGKILL');
    const unknown = Number(/'unknown' with pid (\d+)/.exec(daemon.log())?.[1] ?? 0);
    if (unknown > 0) process.kill(unknown, 'SIGKILL');
    await daemon.stop();
  }
  rmSync(tools, { recursive: true });
});

describe('a program that does not run', () => {
  for (const [id, failure] of Object.entries(failures))
    test(`because of ${nameOf(id)} is explained, with what to do`, async () => {
      const daemon = daemons[failure.under ?? 'root'];
      if (!daemon) throw new Error('no daemon');
      const state = failure.state ?? 'FATAL';
      await eventually(async () => (await daemon.states())[nameOf(id)] === state, {
        what: `${id}: ${state}`,
      });
      if (id === 'program-keeps-restarting')
        await eventually(() => daemon.log().split('exited: keeps-restarting').length > 4, {
          what: 'restarts',
        });
      await expectAdvice({ configuration: daemon.configPath }, id, failure, nameOf(id));
    });
});

/** For as long as its program needs to fail: no client gets in meanwhile. */
async function useUpDescriptors(daemon: Daemon): Promise<void> {
  const spawned = () => /'descriptors-used-up' with pid (\d+)/.exec(daemon.log())?.[1];
  await eventually(() => spawned() !== undefined, { what: 'the program to run' });
  await limit(daemon, 'nofile=4:');
  process.kill(Number(spawned()), 'SIGKILL');
  await eventually(() => daemon.log().includes('gave up: descriptors-used-up'), { what: 'it to be FATAL' });
  await limit(daemon, 'nofile=1000:');
}

function makeTools(): void {
  writeFileSync(join(tools, 'plain'), 'no program\n');
  writeFileSync(join(tools, 'roots-own'), '#!/bin/sh\n', { mode: 0o700 });
  writeFileSync(join(tools, 'no-interpreter'), 'exit 0\n', { mode: 0o755 });
  writeFileSync(join(tools, 'lost-interpreter'), '#!/nonexistent/python\n', { mode: 0o755 });
  copyFileSync('/usr/bin/perl', join(tools, 'rooted'));
  chmodSync(join(tools, 'rooted'), 0o4755);
}

function section(id: string, program: string): string {
  return `[program:${nameOf(id)}]
startretries=0
autorestart=false
stdout_logfile=%(here)s/${nameOf(id)}.out
${program}`;
}

async function limit(daemon: Daemon, resource: string): Promise<void> {
  expect(await Bun.spawn([...stranger, 'prlimit', `--pid=${daemon.pid}`, `--${resource}`]).exited).toBe(0);
}
