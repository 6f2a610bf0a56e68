import { describe, expect, test } from 'bun:test';
import { Daemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

describe('a program with max_memory', () => {
  test('is restarted when it and its children take more, and left alone below', async () => {
    await withDaemon(
      {
        config: `
[program:greedy]
command=/usr/bin/python3 %(here)s/greedy.py
stopasgroup=true
max_memory=100MB
[program:modest]
command=/bin/cat
max_memory=100MB
`,
        files: {
          // The child takes it, not the process that is supervised.
          'greedy.py': `import subprocess, sys
subprocess.run([sys.executable, '-c', 'hoard = bytearray(150 << 20); import time; time.sleep(1000)'])`,
        },
      },
      async (daemon) => {
        await eventually(() => spawns(daemon, 'greedy') >= 2, { what: 'a restart', timeoutMs: 30_000 });
        expect(daemon.log()).toMatch(
          /WARN restarting 'greedy': it takes 1\d\d\.\d MB, max_memory is 100\.0 MB/,
        );
        expect(spawns(daemon, 'modest')).toBe(1);
      },
    );
  });
});

describe('a program with http_check', () => {
  test('is restarted when the answer is not what it should be, and left alone when it is', async () => {
    let health = { status: 200, text: 'all is well' };
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response(health.text, { status: health.status }),
    });
    const checks = `http_check=http://127.0.0.1:${server.port}/health
http_check_interval=1`;
    try {
      await withDaemon(
        {
          config: `
[program:by_status]
command=/bin/cat
${checks}
[program:by_text]
command=/bin/cat
${checks}
http_check_text=well
[program:by_nobody]
command=/bin/cat
http_check=http://127.0.0.1:1/
http_check_interval=1
`,
        },
        async (daemon) => {
          const restarted = (name: string, reason: string) =>
            eventually(() => daemon.log().includes(`restarting '${name}': ${reason}`), {
              what: `a restart of ${name}`,
            });
          await restarted('by_nobody', 'http://127.0.0.1:1/: connect ECONNREFUSED');
          expect(spawns(daemon, 'by_status') + spawns(daemon, 'by_text')).toBe(2);

          health = { status: 200, text: 'all is lost' };
          await restarted(
            'by_text',
            `http://127.0.0.1:${server.port}/health answered without the text 'well'`,
          );
          await eventually(() => spawns(daemon, 'by_text') === 2, { what: 'it to be started again' });
          expect(spawns(daemon, 'by_status')).toBe(1);

          health = { status: 503, text: 'well' };
          await restarted(
            'by_status',
            `http://127.0.0.1:${server.port}/health answered with status 503 instead of 200`,
          );
        },
      );
    } finally {
      server.stop(true);
    }
  });
});

describe('a program with hooks', () => {
  test('has a command told of its exit, on stdin and without a shell', async () => {
    await withDaemon(
      {
        supervisord: 'identifier=here',
        config: `
[program:brief]
command=/bin/sh -c "sleep 1.2; exit 3"
autorestart=false
on_exit=/usr/bin/tee "%(here)s/exit of $brief.json"
`,
      },
      async (daemon) => {
        await eventually(() => daemon.read('exit of $brief.json').endsWith('}'), { what: 'the hook to run' });
        expect(JSON.parse(daemon.read('exit of $brief.json'))).toEqual({
          event: 'PROCESS_STATE_EXITED',
          time: expect.any(Number),
          server: 'here',
          process: 'brief',
          group: 'brief',
          exitStatus: 3,
          expected: false,
          description: 'Bad exit code 3',
        });
      },
    );
  });

  test('has a web hook told that it cannot be started', async () => {
    const posted: unknown[] = [];
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: async (request) => {
        posted.push({
          method: request.method,
          type: request.headers.get('content-type'),
          body: await request.json(),
        });
        return new Response(null, { status: posted.length === 1 ? 204 : 500 });
      },
    });
    try {
      await withDaemon(
        {
          config: `
[program:doomed]
command=/bin/false
startretries=0
on_fatal=http://127.0.0.1:${server.port}/hook
`,
        },
        async (daemon) => {
          await eventually(() => posted.length === 1, { what: 'the hook to be called' });
          expect(posted[0]).toMatchObject({
            method: 'POST',
            type: 'application/json',
            body: { event: 'PROCESS_STATE_FATAL', process: 'doomed' },
          });
          await daemon.supervisorctl('start', 'doomed');
          const complaint = `on_fatal of doomed: http://127.0.0.1:${server.port}/hook answered with status 500`;
          await eventually(() => daemon.log().includes(complaint), { what: 'a complaint about the answer' });
        },
      );
    } finally {
      server.stop(true);
    }
  });

  test('hears in the log when a hook cannot be run, or fails', async () => {
    await withDaemon(
      {
        config: `
[program:doomed]
command=/bin/false
startretries=0
on_fatal=/no/such/hook
[program:doomed_too]
command=/bin/false
startretries=0
on_fatal=/bin/false
`,
      },
      async (daemon) => {
        const logged = (line: string) => eventually(() => daemon.log().includes(line), { what: line });
        await logged(
          "on_fatal of doomed: '/no/such/hook' could not be run: can't find command '/no/such/hook'",
        );
        await logged("on_fatal of doomed_too: '/bin/false' failed: exit status 1");
      },
    );
  });
});

describe('a hook that never ends', () => {
  test('is called only so many times at once', async () => {
    await withDaemon(
      {
        config: `
[program:restless]
command=/bin/true
startsecs=0
autorestart=true
on_exit=/bin/sleep 1000
`,
      },
      async (daemon) => {
        const refusal = 'on_exit of restless: not called, 5 calls before it have not ended yet';
        await eventually(() => daemon.log().includes(refusal), {
          what: 'a call that is not made',
          timeoutMs: 30_000,
        });
        const found = Bun.spawnSync(['pgrep', '-P', String(daemon.pid), '-x', 'sleep']).stdout.toString();
        const pids = found.trim().split('\n').map(Number);
        for (const pid of pids) process.kill(pid, 'SIGKILL');
        expect(pids).toHaveLength(5);
      },
    );
  });
});

describe('a program with exit_on_fatal', () => {
  test('ends the daemon with status 1 when it cannot be started, after everything else was stopped', async () => {
    const daemon = await Daemon.start({
      config: `
[program:other]
command=/bin/cat
[program:essential]
command=/bin/false
startretries=0
exit_on_fatal=true
`,
    });
    expect(await daemon.subprocess.exited).toBe(1);
    expect(daemon.log()).toContain('CRIT essential is FATAL and has exit_on_fatal=true: shutting down');
    expect(daemon.log()).toContain('stopped: other (terminated by SIGTERM)');
    await daemon.stop();
  });
});

async function withDaemon(
  setup: Parameters<typeof Daemon.start>[0],
  act: (daemon: Daemon) => Promise<void>,
): Promise<void> {
  const daemon = await Daemon.start(setup);
  try {
    await act(daemon);
  } finally {
    await daemon.stop();
  }
}

function spawns(daemon: Daemon, name: string): number {
  return daemon.log().split(`spawned: '${name}'`).length - 1;
}
