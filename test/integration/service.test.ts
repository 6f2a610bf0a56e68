// The daemon under a service manager: what it sends to NOTIFY_SOCKET, and when it stops.
import { describe, expect, test } from 'bun:test';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, ours, run, withDaemon } from '../support/daemon.ts';
import { DatagramReceiver } from '../support/datagram-receiver.ts';
import { eventually } from '../support/eventually.ts';

const cat = '[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstopwaitsecs=7\n';

async function withReceiver(
  body: (receiver: DatagramReceiver, directory: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-service-'));
  const receiver = await DatagramReceiver.bind(join(directory, 'notify'));
  try {
    await body(receiver, directory);
  } finally {
    await receiver.close();
    rmSync(directory, { recursive: true });
  }
}

/** A daemon of one program, and the notifications it has sent so far. */
function withService(
  environment: Record<string, string>,
  body: (daemon: Daemon, told: Told) => Promise<void>,
  config = cat,
): Promise<void> {
  return withReceiver((receiver) =>
    withDaemon({ config, environment: { NOTIFY_SOCKET: receiver.address, ...environment } }, (daemon) =>
      body(daemon, new Told(receiver)),
    ),
  );
}

class Told {
  constructor(private readonly receiver: DatagramReceiver) {}

  /** Everything up to the datagram that begins with `beginning`. */
  async until(beginning: string): Promise<string[]> {
    const texts: string[] = [];
    do {
      texts.push((await this.receiver.next()).text);
    } while (!texts.at(-1)?.startsWith(beginning));
    return texts;
  }
}

describe('a daemon under a service manager', () => {
  test('is ready when its server answers and its programs were started', async () => {
    await withService({}, async (daemon, told) => {
      expect(await told.until('READY')).toContain(`READY=1\nMAINPID=${daemon.pid}`);
      expect(await daemon.states()).toEqual({ cat: 'RUNNING' });
    });
  });

  test('keeps its status line current', async () => {
    await withService({}, async (daemon, told) => {
      await told.until('STATUS=1 running');
      await daemon.supervisorctl('stop', 'cat');
      await told.until('STATUS=1 stopped');
    });
  });

  test('notifies of every reload of the configuration, and of a restart in place', async () => {
    await withService({}, async (daemon, told) => {
      await told.until('READY');
      await daemon.supervisorctl('reread');
      expect((await told.until('READY')).join()).toMatch(/RELOADING=1\nMONOTONIC_USEC=\d+/);
      await daemon.supervisorctl('reload');
      await told.until('EXTEND_TIMEOUT_USEC');
      await told.until('STATUS=1 running');
      await told.until('READY');
    });
  });

  test('asks for the time that its programs may take to stop', async () => {
    await withService({}, async (daemon, told) => {
      await told.until('READY');
      await daemon.supervisorctl('shutdown');
      expect(await told.until('EXTEND_TIMEOUT_USEC')).toContain('STOPPING=1');
      await told.until('STOPPING');
    });
  });

  test('asks for the time that a single program may take to stop: systemd may wait for a reload', async () => {
    const stubborn = `[program:stubborn]
command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
stdout_logfile=%(here)s/out
startsecs=0
stopwaitsecs=2
`;
    await withService(
      {},
      async (daemon, told) => {
        await eventually(() => daemon.read('out') === 'ready\n', { what: 'the trap' });
        await told.until('READY');
        const stopping = daemon.supervisorctl('stop', 'stubborn');
        const usec = Number((await told.until('EXTEND_TIMEOUT_USEC')).at(-1)?.split('=')[1]);
        // Two seconds of grace, less what has passed, and a margin.
        expect(usec).toBeGreaterThan(15_000_000);
        expect(usec).toBeLessThanOrEqual(17_000_000);
        await stopping;
      },
      stubborn,
    );
  });

  test('keeps what is meant for it alone from its programs', async () => {
    const environment = { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '', LISTEN_PID: '1', LISTEN_FDNAMES: 'x' };
    const config =
      '[program:env]\ncommand=/usr/bin/env\nstartsecs=0\nautorestart=false\nstdout_logfile=%(here)s/env.log\n';
    await withService(
      environment,
      async (daemon) => {
        await eventually(() => daemon.read('env.log').includes('SUPERVISOR_GROUP_NAME=env'), {
          what: 'the environment',
        });
        expect(daemon.read('env.log')).not.toMatch(/^(?:NOTIFY|WATCHDOG|LISTEN)_/m);
      },
      config,
    );
  });

  test('is killed for its memory after its programs, which have the score that it was started with', async () => {
    const scoreOf = (pid: number | string) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'));
    // Where root lacks CAP_SYS_RESOURCE, as in some containers, the kernel refuses and everything stays as it is.
    const { status } = await run(['/bin/sh', '-c', 'echo -900 >/proc/self/oom_score_adj']);
    await withService({}, async (daemon, told) => {
      await told.until('READY');
      expect(scoreOf(daemon.pid)).toBe(status === 0 ? -900 : scoreOf(process.pid));
      expect(scoreOf((await daemon.supervisorctl('pid', 'cat')).stdout.trim())).toBe(scoreOf(process.pid));
    });
    await withDaemon({ config: cat }, async (daemon) => {
      expect(scoreOf(daemon.pid)).toBe(scoreOf(process.pid));
    });
  });

  test('may open as many files as the system grants, its programs as many as it was started with', async () => {
    const limitsOf = (pid: number | string) =>
      /^Max open files +(\d+) +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.slice(1);
    // The shell is the parent that has both limits, as systemd is of a service.
    const limited = ['/bin/sh', '-c', 'ulimit -Sn 1100; ulimit -Hn 3000; "$0" "$@" & wait', ...ours];
    const daemon = await Daemon.start({ config: cat, executable: limited });
    const pid = (await daemon.supervisorctl('pid')).stdout.trim();
    expect(limitsOf(pid)).toEqual(['3000', '3000']);
    const program = (await daemon.supervisorctl('pid', 'cat')).stdout.trim();
    expect(limitsOf(program)).toEqual(['1100', '3000']);
    await daemon.supervisorctl('shutdown');
    await daemon.subprocess.exited;
    rmSync(daemon.directory, { recursive: true });
  });

  test('says why it does not start', async () => {
    await withReceiver(async (receiver, directory) => {
      const config = join(directory, 'bad.conf');
      writeFileSync(config, '[supervisord]\nloglevel=loud\n');
      const daemon = Bun.spawn([...ours, '-n', '-c', config], {
        env: { ...process.env, NOTIFY_SOCKET: receiver.address },
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      expect((await receiver.next()).text).toMatch(/^STATUS=.*loud.*\nEXIT_STATUS=2$/);
      expect(await daemon.exited).toBe(2);
    });
  });
});

describe('a daemon whose standard streams are the journal', () => {
  /** Runs it with a file for journald, which sees the same bytes, until `seen` is in there; all that it wrote. */
  async function journalOf(config: string, seen: string): Promise<{ journal: string; log: string }> {
    const directory = mkdtempSync(join(tmpdir(), 'tsv-journal-'));
    const file = (name: string) => join(directory, name);
    writeFileSync(file('journal'), '');
    writeFileSync(file('t.conf'), config);
    const { dev, ino } = statSync(file('journal'));
    const journal = openSync(file('journal'), 'a');
    const daemon = Bun.spawn([...ours, '-n', '-c', file('t.conf')], {
      env: { ...process.env, JOURNAL_STREAM: `${dev}:${ino}` },
      stdio: ['ignore', journal, journal],
    });
    try {
      await eventually(() => readFileSync(file('journal'), 'utf8').includes(seen), { what: seen });
    } finally {
      daemon.kill('SIGTERM');
      await daemon.exited;
      closeSync(journal);
    }
    const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
    const seenAll = { journal: text('journal'), log: text('supervisord.log') };
    rmSync(directory, { recursive: true });
    return seenAll;
  }

  test('gives each line its priority there, and no time, which is in the log file as ever', async () => {
    const config = `[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
user=root
[unix_http_server]
file=%(here)s/sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
${cat}`;
    const { journal, log } = await journalOf(config, 'success: cat entered');
    expect(journal).toContain("<6>INFO spawned: 'cat' with pid");
    expect(journal).toContain(
      "<2>CRIT Server 'unix_http_server' running without any HTTP authentication checking\n",
    );
    expect(journal).toContain('<4>WARN received SIGTERM indicating exit request\n');
    expect(journal.split('\n').filter((line) => !/^(?:<\d>[A-Z]{4} |$)/.test(line))).toEqual([]);
    expect(log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO spawned: 'cat'/m);
  });

  test.each(['/dev/stdout', '/dev/stderr', '%(here)s/supervisord.log'])(
    'lets no program give its output a priority, with the log in %s',
    async (logfile) => {
      const program = String.raw`command=/usr/bin/printf 'a\n<0>b\0<0>c\n'`;
      const config = `[supervisord]
logfile=${logfile}
logfile_maxbytes=0
loglevel=debug
pidfile=%(here)s/supervisord.pid
user=root
[program:hostile]
${program}
startsecs=0
autorestart=false`;
      const { journal } = await journalOf(config, 'exited: hostile');
      expect(journal).toContain("<7>DEBG 'hostile' stdout output:\n<7>DEBG a\n<7>DEBG <0>b\n<7>DEBG <0>c\n");
      expect(journal.split(/[\n\0]/).filter((line) => !/^(?:<[2-7]>[A-Z]{4} |$)/.test(line))).toEqual([]);
    },
  );

  test('logs there as an error why it does not start', async () => {
    const { journal } = await journalOf('[supervisord]\nloglevel=loud\n', 'For help');
    expect(journal).toMatch(/^<3>Error: bad logging level name 'loud'/);
    expect(journal).toMatch(/^<3>For help, use /m);
  });
});

describe('the watchdog', () => {
  const watchdog = { WATCHDOG_USEC: '400000' };

  test('is fed while everything works', async () => {
    await withService(watchdog, async (_daemon, told) => {
      await told.until('READY');
      for (let pings = 0; pings < 4; pings += 1) await told.until('WATCHDOG=1');
    });
  });

  test('is not fed while the worker hangs, and is fed again when that is over', async () => {
    await withService(watchdog, async (daemon, told) => {
      await told.until('WATCHDOG=1');
      const script = join(import.meta.dir, '../support/stop-thread.py');
      const stopper = Bun.spawn(['/usr/bin/python3', script, String(daemon.pid), 'Worker'], {
        stdin: 'pipe',
        stdout: 'pipe',
      });
      await stopper.stdout.getReader().read();
      await told.until('STATUS=the worker');
      expect(await told.until('STATUS=the worker')).not.toContain('WATCHDOG=1');
      expect(await told.until('STATUS=the worker')).not.toContain('WATCHDOG=1');
      stopper.stdin.end();
      await stopper.exited;
      await told.until('WATCHDOG=1');
      await told.until('STATUS=1 running');
      await eventually(() => daemon.log().includes('watchdog is not fed'), { what: 'the reason in the log' });
    });
  });
});
