import { describe, expect, test } from 'bun:test';
import { Daemon, withDaemon } from '../support/daemon.ts';
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
      fetch: ({ url }) => {
        if (url.endsWith('/never')) return new Promise<Response>(() => {});
        return new Response(health.text, { status: health.status });
      },
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
[program:by_time]
command=/bin/cat
http_check=http://127.0.0.1:${server.port}/never
http_check_interval=1
http_check_timeout=1
[program:by_nobody]
command=/bin/cat
http_check=http://user:secret@127.0.0.1:1/
http_check_interval=1
`,
        },
        async (daemon) => {
          const restarted = (name: string, reason: string) =>
            eventually(() => daemon.log().includes(`restarting '${name}': ${reason}`), {
              what: `a restart of ${name}`,
            });
          await restarted('by_nobody', 'http://127.0.0.1:1/: connection refused');
          expect(daemon.log()).not.toContain('secret');
          await restarted('by_time', `http://127.0.0.1:${server.port}/never: no answer within 1 seconds`);
          expect(spawns(daemon, 'by_status') + spawns(daemon, 'by_text')).toBe(2);

          health = { status: 200, text: 'all is lost' };
          await restarted(
            'by_text',
            `http://127.0.0.1:${server.port}/health: answered without the text 'well'`,
          );
          await eventually(() => spawns(daemon, 'by_text') === 2, { what: 'it to be started again' });
          expect(spawns(daemon, 'by_status')).toBe(1);

          health = { status: 503, text: 'well' };
          await restarted(
            'by_status',
            `http://127.0.0.1:${server.port}/health: answered with status 503 instead of 200`,
          );
        },
      );
    } finally {
      server.stop(true);
    }
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

function spawns(daemon: Daemon, name: string): number {
  return daemon.log().split(`spawned: '${name}'`).length - 1;
}
