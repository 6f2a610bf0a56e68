// Programs written for systemd's Type=notify, unchanged.
import { describe, expect, test } from 'bun:test';
import { clientOf } from '../../support/client.ts';
import { run as command, type Daemon, ours, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

interface Told {
  readonly statename: string;
  readonly pid: number;
  readonly statusText: string | null;
  readonly reloading: boolean;
}

async function told(daemon: Daemon, name = 'x'): Promise<Told> {
  const client = clientOf(daemon);
  try {
    return await client.process(name);
  } finally {
    client.close();
  }
}

async function runs(daemon: Daemon, name = 'x'): Promise<Told> {
  await eventually(async () => (await told(daemon, name)).statename === 'RUNNING', {
    what: `${name} to be ready`,
    giveUp: async () => {
      const { statename } = await told(daemon, name);
      return statename === 'FATAL' || statename === 'BACKOFF'
        ? `${daemon.read('out')}\n${daemon.log()}`
        : null;
    },
  });
  return told(daemon, name);
}

/** startsecs is far away: only the message makes it RUNNING. */
const program = (line: string, more = '') => `[program:x]
command=${line}
directory=%(here)s
ready=notify
startsecs=1000
redirect_stderr=true
stdout_logfile=%(here)s/out
${more}`;

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('with ready=notify,', () => {
  test('redis-server --supervised systemd is RUNNING when it accepts connections, and says so', async () => {
    const port = await freePort();
    const line = `/usr/bin/redis-server --supervised systemd --port ${port} --bind 127.0.0.1 --save ""`;
    await withDaemon({ config: program(line) }, async (daemon) => {
      expect((await runs(daemon)).statusText).toBe('Ready to accept connections');
      const { stdout } = await command(['redis-cli', '-p', String(port), 'ping']);
      expect(stdout).toBe('PONG\n');
      const { stdout: shown } = await command([ours[0], 'status', '-v', '-c', daemon.configPath]);
      expect(shown).toMatch(/^x +RUNNING .* uptime \S+ {2}\(Ready to accept connections\)$/m);
    });
  });

  test('php-fpm tells how busy it is, also after it has executed itself again', async () => {
    const fpm = (await command(['sh', '-c', 'ls /usr/sbin/php-fpm*'])).stdout.split('\n')[0] ?? '';
    const files = {
      'fpm.conf': `[global]
daemonize=no
error_log=/dev/stderr
systemd_interval=1
[www]
listen=DIR/fpm.sock
user=nobody
group=nogroup
pm=static
pm.max_children=1
`,
    };
    const line = `/bin/sh -c "sed -i s,DIR,$PWD, fpm.conf; exec ${fpm} -F -y fpm.conf"`;
    await withDaemon({ config: program(line), files }, async (daemon) => {
      const { pid, statusText } = await runs(daemon);
      expect(statusText).toStartWith('Ready to handle connections');
      // Its own report, every second.
      await eventually(
        async () => (await told(daemon)).statusText?.startsWith('Processes active: 0') === true,
        {
          what: 'its report',
        },
      );
      process.kill(pid, 'SIGUSR2');
      await eventually(() => daemon.read('out').split('ready to handle connections').length === 3, {
        what: 'it to have executed itself again',
      });
      expect(await runs(daemon)).toMatchObject({ pid });
    });
  });

  test('haproxy -Ws is followed over a reload', async () => {
    const port = await freePort();
    const files = {
      'haproxy.cfg': `global
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string yes
`,
    };
    const line = '/usr/sbin/haproxy -Ws -f haproxy.cfg -p haproxy.pid';
    await withDaemon({ config: program(line), files }, async (daemon) => {
      const { pid } = await runs(daemon);
      expect(await answers(`http://127.0.0.1:${port}/`)).toBe(true);
      process.kill(pid, 'SIGUSR2');
      await eventually(() => daemon.read('out').split('Loading success').length >= 3, {
        what: 'it to have loaded again',
      });
      await eventually(async () => !(await told(daemon)).reloading, { what: 'the end of the reload' });
      expect(await told(daemon)).toMatchObject({ statename: 'RUNNING', pid });
      expect(await answers(`http://127.0.0.1:${port}/`)).toBe(true);
    });
  });

  test('gunicorn is RUNNING when its arbiter is', async () => {
    const port = await freePort();
    const files = {
      'app.py': `def app(environ, start_response):
    start_response('200 OK', [])
    return [b'yes']
`,
    };
    const line = `/usr/bin/gunicorn -b 127.0.0.1:${port} --user nobody app:app`;
    await withDaemon({ config: program(line), files }, async (daemon) => {
      const { statusText } = await runs(daemon);
      expect(statusText).toBe('Gunicorn arbiter booted');
      expect(await answers(`http://127.0.0.1:${port}/`)).toBe(true);
    });
  });

  test('a program with python3-systemd notifies, and reads the interval of its watchdog', async () => {
    const files = {
      'app.py': `import os, time
from systemd import daemon
assert daemon.booted() in (True, False)
daemon.notify('STATUS=Working at ' + os.environ['WATCHDOG_USEC'])
daemon.notify('READY=1')
while True:
    daemon.notify('WATCHDOG=1')
    time.sleep(0.5)
`,
    };
    await withDaemon(
      { config: program('/usr/bin/python3 app.py', 'watchdog=60s'), files },
      async (daemon) => {
        expect((await runs(daemon)).statusText).toBe('Working at 60000000');
      },
    );
  });

  test('a shell script starts a daemon of the old kind and names it with systemd-notify', async () => {
    const port = await freePort();
    const line = `/bin/sh -c "redis-server --daemonize yes --pidfile $PWD/pid --dir $PWD --port ${port} --bind 127.0.0.1 --save ''; until [ -s pid ]; do sleep 0.01; done; exec systemd-notify --ready MAINPID=$(cat pid) --status=Daemon"`;
    await withDaemon({ config: program(line) }, async (daemon) => {
      const { pid } = await runs(daemon);
      expect(daemon.read('pid')).toBe(`${pid}\n`);
      await daemon.supervisorctl('stop', 'x');
      expect((await told(daemon)).statename).toBe('STOPPED');
      expect(daemon.log()).toContain('INFO stopped: x (exit status 0)');
    });
  });
});
