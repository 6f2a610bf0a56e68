import { describe, expect, test } from 'bun:test';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

describe('a program with hooks', () => {
  test('runs a command at its exit, with the notification on stdin and without a shell', async () => {
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

  test('calls a web hook when it cannot be started', async () => {
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
            body: { event: 'PROCESS_STATE_FATAL', process: 'doomed', exitStatus: 1 },
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

  test('logs when a hook cannot be run, or fails', async () => {
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
[program:doomed_three]
command=/bin/false
startretries=0
on_fatal=supervisord.conf
`,
      },
      async (daemon) => {
        const logged = (line: string) => eventually(() => daemon.log().includes(line), { what: line });
        await logged(
          "on_fatal of doomed: '/no/such/hook' could not be run: can't find command '/no/such/hook'",
        );
        await logged("on_fatal of doomed_too: '/bin/false' failed: exit status 1");
        // A name without a slash is looked up on PATH; that there is such a file beside the daemon does not count.
        await logged(
          "on_fatal of doomed_three: 'supervisord.conf' could not be run: can't find command 'supervisord.conf'",
        );
      },
    );
  });

  test('sends a mail by the local sendmail', async () => {
    const username = Bun.spawnSync(['id', '-un']).stdout.toString().trim();
    const mailbox = join('/var/mail', username);
    const existed = existsSync(mailbox);
    const identifier = `mail-${crypto.randomUUID()}`;
    try {
      await withDaemon(
        {
          supervisord: `identifier=${identifier}`,
          config: `
[program:düster]
command=/bin/false
startretries=0
on_fatal=mailto:${username}
[program:brief]
command=/bin/sh -c "sleep 1.2; exit 3"
autorestart=false
on_exit=mailto:${username}
`,
        },
        async () => {
          const about = `[${identifier}]`;
          await eventually(() => mailsAbout(about, mailbox).length === 2, { what: 'both mails' });
          expect(mailsAbout(about, mailbox).toSorted((x, y) => x.subject.localeCompare(y.subject))).toEqual([
            {
              to: username,
              subject: `${about} brief:brief exited`,
              text: expect.stringMatching(
                /^Process brief of group brief exited at .*Z\.\nExit status: 3\nBad exit code 3\n/,
              ),
            },
            {
              to: username,
              subject: `${about} düster:düster could not be started`,
              text: expect.stringContaining('Process düster of group düster could not be started at '),
            },
          ]);
        },
      );
    } finally {
      if (!existed) rmSync(mailbox, { force: true });
    }
  });
});

describe('a hook that never ends', () => {
  test('has a bound on concurrent calls, and is killed ten seconds after a shutdown began', async () => {
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
        expect(pids).toHaveLength(5);

        daemon.subprocess.kill('SIGTERM');
        expect(await daemon.subprocess.exited).toBe(0);
        for (const pid of pids) {
          expect(existsSync(`/proc/${pid}`)).toBe(false);
          expect(daemon.log()).toContain(
            `WARN on_exit of restless: killing '/bin/sleep 1000' (${pid}) with SIGKILL, the supervisor ends`,
          );
        }
      },
    );
  });
});

describe('a daemon that ends', () => {
  test('waits for a hook that still runs', async () => {
    await withDaemon(
      {
        config: `
[program:brief]
command=/bin/sh -c "sleep 1.2; exit 3"
autorestart=false
on_exit=/bin/sh -c "echo >%(here)s/begun; until [ -e %(here)s/go ]; do sleep 0.02; done; echo >%(here)s/done"
`,
      },
      async (daemon) => {
        await eventually(() => existsSync(daemon.path('begun')), { what: 'the hook to run' });
        daemon.subprocess.kill('SIGTERM');
        await eventually(() => daemon.log().includes('INFO waiting for on_exit of brief to end'), {
          what: 'the daemon to wait',
        });
        writeFileSync(daemon.path('go'), '');
        expect(await daemon.subprocess.exited).toBe(0);
        expect(existsSync(daemon.path('done'))).toBe(true);
      },
    );
  });

  test('because of exit_on_fatal calls the hooks before', async () => {
    await withDaemon(
      {
        config: `
[program:essential]
command=/bin/false
startretries=0
exit_on_fatal=true
on_fatal=/bin/sh -c "sleep 0.5; exec cat >%(here)s/notice.json"
`,
      },
      async (daemon) => {
        expect(await daemon.subprocess.exited).toBe(1);
        expect(JSON.parse(daemon.read('notice.json'))).toMatchObject({ event: 'PROCESS_STATE_FATAL' });
      },
    );
  });
});

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const readMails = `
import json, mailbox, sys
from email.policy import default
box = mailbox.mbox(sys.argv[1], factory=lambda file: __import__('email').message_from_binary_file(file, policy=default))
print(json.dumps([{'to': mail['To'], 'subject': mail['Subject'], 'text': mail.get_content()} for mail in box]))
`;

/** What a mail program would show. */
function mailsAbout(about: string, mailbox: string): Mail[] {
  if (!existsSync(mailbox)) return [];
  const { stdout } = Bun.spawnSync(['/usr/bin/python3', '-c', readMails, mailbox]);
  const mails: Mail[] = JSON.parse(stdout.toString() || '[]');
  return mails.filter(({ subject }) => subject.startsWith(about));
}
