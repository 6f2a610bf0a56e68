// Programs that have to show by ready=tcp, unix, http or exec that they can work: real ones, and probes that meet the worst.
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { clientOf } from '../../support/client.ts';
import { type Daemon, type Outcome, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

/** A command that runs `command` once the file `go` is in the daemon's directory. */
const late = (command: string) =>
  `/bin/sh -c "until [ -e %(here)s/go ]; do sleep 0.02; done; exec ${command}"`;

const redis = (options: string) => `redis-server --save '' --dir %(here)s ${options}`;

/** `start` has not answered while the program could not work yet, and says that it is started when it can. */
async function startsWhenItCan(daemon: Daemon, name: string): Promise<void> {
  let answer: Outcome | null = null;
  const starting = daemon.supervisorctl('start', name).then((outcome) => {
    answer = outcome;
  });
  await eventually(
    async () => /STARTING +not ready: /.test((await daemon.supervisorctl('status', name)).stdout),
    {
      what: 'a failed attempt',
    },
  );
  expect(answer).toBeNull();
  writeFileSync(daemon.path('go'), '');
  await starting;
  expect(answer).toMatchObject({ status: 0, stdout: `${name}: started\n` });
  expect(await daemon.states()).toEqual({ [name]: 'RUNNING' });
}

function statusOf(daemon: Daemon, name: string): Promise<string> {
  return daemon.supervisorctl('status', name).then(({ stdout }) => stdout.trim().replaceAll(/ +/g, ' '));
}

/** The failed start that `status` shows, which is stopped and retried. */
async function failure(daemon: Daemon, name: string): Promise<string> {
  let shown = '';
  await eventually(
    async () => {
      shown = await statusOf(daemon, name);
      return / (BACKOFF|FATAL) /.test(shown);
    },
    { what: `${name} to fail`, timeoutMs: 60_000 },
  );
  return shown.slice(shown.indexOf(' ') + 1);
}

/** Processes with this word among their arguments. */
function processesWith(word: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
    } catch {
      return false;
    }
  }).length;
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

describe('a program is RUNNING, and its start answered, when', () => {
  test('redis accepts connections on its port', async () => {
    const port = await freePort();
    const config = `[program:cache]
command=${late(redis(`--port ${port}`))}
autostart=false
ready=tcp://localhost:${port}
ready_interval=50ms
`;
    await withDaemon({ config }, async (daemon) => {
      await startsWhenItCan(daemon, 'cache');
      const ping = Bun.spawnSync(['redis-cli', '-p', String(port), 'ping']);
      expect(ping.stdout.toString()).toBe('PONG\n');
    });
  });

  test('redis accepts connections on its socket', async () => {
    const config = `[program:cache]
command=${late(redis('--port 0 --unixsocket %(here)s/redis.sock'))}
autostart=false
ready=unix://%(here)s/redis.sock
ready_interval=50ms
`;
    await withDaemon({ config }, (daemon) => startsWhenItCan(daemon, 'cache'));
  });

  test('nginx answers', async () => {
    const port = await freePort();
    const conf = `daemon off; pid nginx.pid; error_log stderr;
events {}
http { access_log off; server { listen 127.0.0.1:${port}; location / { return 302 /elsewhere; } } }
`;
    const config = `[program:web]
command=${late('nginx -p %(here)s -c nginx.conf')}
autostart=false
ready=http://127.0.0.1:${port}/
ready_interval=50ms
`;
    await withDaemon({ config, files: { 'nginx.conf': conf } }, (daemon) => startsWhenItCan(daemon, 'web'));
  });

  test("a command succeeds, which runs as the program's user, in its directory and environment", async () => {
    const config = `[program:app]
command=${late('sh -c \\"touch %(here)s/of-app/done; exec sleep 1000\\"')}
autostart=false
user=nobody
directory=%(here)s/of-app
environment=EXPECTED="nobody"
ready=exec:/bin/sh -c "test $(id -un) = $EXPECTED && test -e done"
ready_interval=50ms
`;
    await withDaemon({ config, files: { 'of-app/.keep': '' } }, async (daemon) => {
      Bun.spawnSync(['chown', 'nobody', daemon.path('of-app')]);
      await startsWhenItCan(daemon, 'app');
    });
  });
});

describe('a program that does not become ready', () => {
  test('is stopped at its timeout, and status says what was tried and what happened', async () => {
    const port = await freePort();
    const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const marker = crypto.randomUUID();
    const config = `[program:refusing]
command=/usr/bin/python3 -c "import time; time.sleep(1000)" ${marker}
startretries=100
ready=tcp://127.0.0.1:${port}
ready_timeout=2s
[program:silent]
command=/bin/sleep 1000
ready=http://user:secret@127.0.0.1:${silent.port}/health
ready_timeout=2s
startretries=0
[program:failing]
command=/bin/sleep 1000
ready=exec:/bin/sh -c "echo no; exit 3"
[program:absent]
command=/bin/sleep 1000
ready=unix://%(here)s/none.sock
ready_timeout=2s
startretries=0
`;
    await withDaemon({ config }, async (daemon) => {
      const because = (subject: string) => `not ready within 2 seconds: ${subject}`;
      expect(await failure(daemon, 'refusing')).toBe(
        `BACKOFF ${because(`tcp://127.0.0.1:${port}: connection refused`)}`,
      );
      expect(await failure(daemon, 'silent')).toBe(
        `FATAL ${because(`http://127.0.0.1:${silent.port}/health: no result yet`)}`,
      );
      const unmet = 'failing STARTING not ready: exec:/bin/sh -c "echo no; exit 3": exit status 3';
      await eventually(async () => (await statusOf(daemon, 'failing')) === unmet, { what: unmet });
      expect(await failure(daemon, 'absent')).toBe(
        `FATAL ${because(`unix://${daemon.path('none.sock')}: no such file`)}`,
      );
      // Each attempt is a new child, and one at most is left.
      const spawns = () => daemon.log().match(/spawned: 'refusing'/g)?.length ?? 0;
      await eventually(() => spawns() >= 2, { what: 'another attempt' });
      expect(processesWith(marker)).toBeLessThanOrEqual(1);
      await daemon.supervisorctl('stop', 'refusing');
      expect(processesWith(marker)).toBe(0);
    }).finally(() => silent.stop(true));
  });

  test('does not pass for ready by a connection of the daemon to itself', () => {
    // In a network of its own, where the kernel gives connections to port 40000 the same port at the other end.
    const script = `
import { acceptsTcp } from '${import.meta.dir}/../../../src/supervisor/readiness/connection-probes.ts';
const probe = acceptsTcp('127.0.0.1', 40000);
const results = new Set();
for (let attempt = 0; attempt < 20; attempt += 1) results.add(await probe(null, new AbortController().signal));
console.log(JSON.stringify([...results]));
process.exit(0);
`;
    const range = '/proc/sys/net/ipv4/ip_local_port_range';
    const { stdout, stderr } = Bun.spawnSync(
      [
        'unshare',
        '--net',
        'sh',
        '-c',
        `ip link set lo up; echo 40000 40003 >${range}; exec "$0" -e "$1"`,
        process.execPath,
        script,
      ],
      { env: { ...process.env, BUN_BE_BUN: '1' } },
    );
    expect(stderr.toString()).toBe('');
    expect(stdout.toString()).toBe('["connection refused"]\n');
  });
});

describe('a probe that meets the worst', () => {
  test('leaves nothing running, however its command behaves, and takes no memory', async () => {
    const marker = crypto.randomUUID();
    const config = `[program:loud]
command=/bin/sleep 1000
ready=exec:/bin/sh -c "head -c 1000000000 /dev/zero; head -c 1000000000 /dev/zero >&2; exit 1" ${marker}
ready_interval=10ms
[program:stubborn]
command=/bin/sleep 1000
ready=exec:/bin/sh -c "trap '' TERM INT HUP; echo >%(here)s/stubborn; sleep 1000 & while :; do wait; done" ${marker}
[program:fertile]
command=/bin/sleep 1000
ready=exec:/bin/sh -c "sh -c 'echo >>%(here)s/fertile; exec sleep 1000 ${marker}' ${marker} & sleep 0.05; exit 1" ${marker}
ready_interval=10ms
`;
    await withDaemon({ config }, async (daemon) => {
      await eventually(() => daemon.read('fertile').length >= 3 && existsSync(daemon.path('stubborn')), {
        what: 'attempts',
      });
      const before = residentBytes(daemon.pid);
      await eventually(() => daemon.read('fertile').length >= 10, {
        what: 'further attempts',
        timeoutMs: 60_000,
      });
      expect(residentBytes(daemon.pid) - before).toBeLessThan(100_000_000);
      // Of `fertile`, at most one attempt is under way: its shell, the shell it starts, which becomes sleep.
      expect(processesWith(marker)).toBeLessThanOrEqual(4);
      expect((await daemon.supervisorctl('stop', 'all')).status).toBe(0);
      await eventually(() => processesWith(marker) === 0, { what: 'every command to be gone' });
    });
    expect(processesWith(marker)).toBe(0);
  });

  test('reads no body, follows no endless header and holds no connection', async () => {
    const port = await freePort();
    const server = `import socket, threading
server = socket.create_server(('127.0.0.1', ${port}))
def serve(connection):
    try:
        path = connection.recv(4096).split()[1]
        if path == b'/headers':
            connection.sendall(b'HTTP/1.1 200 OK\\r\\n')
            while True: connection.sendall(b'X-More: ' + b'x' * 65536 + b'\\r\\n')
        connection.sendall(b'HTTP/1.1 500 No\\r\\nContent-Length: 1000000000\\r\\n\\r\\n')
        while True: connection.sendall(bytes(65536))
    except OSError:
        open('ended', 'a').write('x')
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
`;
    const config = `[program:server]
command=/usr/bin/python3 %(here)s/server.py
directory=%(here)s
ready=http://127.0.0.1:${port}/body
ready_interval=10ms
[program:other]
command=/bin/sleep 1000
ready=http://127.0.0.1:${port}/headers
ready_interval=10ms
`;
    await withDaemon({ config, files: { 'server.py': server } }, async (daemon) => {
      await eventually(() => daemon.read('ended').length >= 10, { what: 'attempts' });
      const before = residentBytes(daemon.pid);
      await eventually(() => daemon.read('ended').length >= 200, {
        what: 'further attempts',
        timeoutMs: 60_000,
      });
      expect(residentBytes(daemon.pid) - before).toBeLessThan(100_000_000);
      expect(await statusOf(daemon, 'server')).toContain(`/body: answered with status 500`);
      expect(await statusOf(daemon, 'other')).toContain(`/headers: Parse Error`);
    });
  });
});

describe('a program that depends on another being healthy', () => {
  test('is started when its http_check succeeds, long before http_check_interval', async () => {
    let health = 503;
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response(null, { status: health }),
    });
    const config = `[program:api]
command=/bin/sleep 1000
startsecs=0
http_check=http://127.0.0.1:${server.port}/
http_check_interval=86400
ready_interval=20ms
[program:worker]
command=/bin/sleep 1000
startsecs=0
depends_on=api=healthy
`;
    try {
      await withDaemon({ config }, async (daemon) => {
        await eventually(async () => (await daemon.states())['api'] === 'RUNNING', {
          what: 'the api to run',
        });
        const failure = 'answered with status 503 instead of 200';
        const waiting = `worker STARTING waiting for api (healthy: ${failure})`;
        await eventually(async () => (await statusOf(daemon, 'worker')) === waiting, { what: waiting });
        const client = clientOf(daemon);
        const { waiting: needs } = await client.process('worker');
        client.close();
        expect(needs).toEqual([{ name: 'api', condition: 'healthy', stuck: null, failure }]);
        const logged = `'api' is not healthy: http://127.0.0.1:${server.port}/: ${failure}`;
        expect(daemon.log()).toContain(logged);
        health = 200;
        await eventually(async () => (await daemon.states())['worker'] === 'RUNNING', {
          what: 'the worker to run',
        });
        expect(daemon.log()).not.toContain('restarting');
      });
    } finally {
      server.stop(true);
    }
  });
});
