import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

const holdChildren = join(import.meta.dir, '../../support/hold-children.py');

let daemon: Daemon;
let webPort: number;

/** A real FastCGI program that runs CGI scripts, behind a real web server, both supervised. */
beforeAll(async () => {
  webPort = await freePort();
  const bridgePort = await freePort();
  daemon = await Daemon.start({
    config: `
[fcgi-program:bridge]
command=/usr/sbin/fcgiwrap
socket=unix://%(here)s/bridge.sock
socket_mode=0660
process_name=bridge_%(process_num)d
numprocs=2
autorestart=false
[fcgi-program:tcp]
command=/usr/sbin/fcgiwrap
socket=tcp://localhost:${bridgePort}
[program:web]
command=/usr/sbin/nginx -p %(here)s -c nginx.conf -e stderr -g "daemon off;"
stopsignal=QUIT
`,
    files: {
      'answer.sh': '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n%s %s\\n" "$QUERY_STRING" "$PPID"\n',
      'nginx.conf': nginxConfig(webPort, bridgePort),
    },
  });
  chmodSync(daemon.path('answer.sh'), 0o755);
  await eventually(async () => (await request('/unix')) !== '', { what: 'the web server to serve' });
}, 30_000);

afterAll(async () => {
  await daemon.stop();
});

describe('a FastCGI program', () => {
  test('serves requests on its unix socket', async () => {
    expect(await request('/unix?hello')).toMatch(/^hello \d+$/);
  });

  test('serves requests on its TCP socket', async () => {
    expect(await request('/tcp?hello')).toMatch(/^hello \d+$/);
  });

  test('finds its socket with the mode that was asked for', () => {
    expect(statSync(daemon.path('bridge.sock')).mode & 0o777).toBe(0o660);
  });

  test('shares the socket with the other processes of its group: one may end and requests are still served', async () => {
    await daemon.supervisorctl('stop', 'bridge:bridge_0');
    expect(closings()).toBe(1);
    for (let n = 0; n < 5; n++) expect(await request(`/unix?still${n}`)).toStartWith(`still${n} `);
    await daemon.supervisorctl('start', 'bridge:bridge_0');
  });

  test('lets requests wait while it restarts, when another process holds the socket', async () => {
    await daemon.supervisorctl('signal', 'STOP', 'bridge:bridge_1');
    await daemon.supervisorctl('stop', 'bridge:bridge_0');
    const answer = request('/unix?patient');
    await daemon.supervisorctl('start', 'bridge:bridge_0');
    expect(await answer).toStartWith('patient ');
    await daemon.supervisorctl('signal', 'CONT', 'bridge:bridge_1');
  });

  test('has no socket any more when its last process has stopped, and a new one when it starts', async () => {
    await daemon.supervisorctl('stop', 'bridge:*');
    await eventually(() => closings() === 2, { what: 'the socket to be closed' });
    expect(await listens(daemon.path('bridge.sock'))).toBe(false);
    await daemon.supervisorctl('start', 'bridge:*');
    expect(await request('/unix?again')).toStartWith('again ');
    expect(daemon.log().split('Creating socket unix://').length - 1).toBe(3);
  });
});

describe('a FastCGI program whose socket cannot be made', () => {
  test('fails to start without harm to others', async () => {
    const broken = await Daemon.start({
      config: `
[fcgi-program:broken]
command=/usr/sbin/fcgiwrap
socket=unix:///proc/no/socket
startretries=0
[program:sound]
command=/bin/cat
`,
    });
    try {
      await eventually(async () => (await broken.states())['sound'] === 'RUNNING', {
        what: 'the other program to run',
      });
      expect((await broken.states())['broken']).toBe('FATAL');
      expect(broken.log()).toContain('Could not create FastCGI socket unix:///proc/no/socket: ENOENT');
    } finally {
      await broken.stop();
    }
  });
});

describe('a FastCGI program that is kept on its way for long', () => {
  test('can be stopped and started like any other when it is there', async () => {
    const slow = await Daemon.start({
      config: `
[fcgi-program:slow]
command=/usr/sbin/fcgiwrap
socket=tcp://localhost:${await freePort()}
autostart=false
startsecs=0
startretries=0
`,
    });
    try {
      const holder = Bun.spawn(['/usr/bin/python3', holdChildren, String(slow.pid)], {
        stdin: 'pipe',
        stdout: 'pipe',
      });
      await holder.stdout.getReader().read();
      expect((await slow.supervisorctl('start', 'slow')).stdout).toBe('slow: started\n');
      holder.stdin.end();
      await holder.exited;
      expect((await slow.supervisorctl('restart', 'slow')).stdout).toBe('slow: stopped\nslow: started\n');
    } finally {
      await slow.stop();
    }
  });
});

/** How often the unix socket was closed; the first time is the trial at the start of the daemon. */
function closings(): number {
  return daemon.log().split('Closing socket unix://').length - 1;
}

async function request(path: string): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${webPort}${path}`);
    return response.ok ? (await response.text()).trim() : '';
  } catch {
    return '';
  }
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(path);
    client.on('connect', () => {
      client.destroy();
      resolve(true);
    });
    client.on('error', () => resolve(false));
  });
}

function nginxConfig(port: number, bridgePort: number): string {
  const bridge = (name: string, address: string) => `
    location /${name} {
      fastcgi_param SCRIPT_FILENAME $document_root/answer.sh;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_pass ${address};
    }`;
  return `
pid nginx.pid;
worker_processes 1;
user root;
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    root .;
    ${bridge('unix', 'unix:bridge.sock')}
    ${bridge('tcp', `127.0.0.1:${bridgePort}`)}
  }
}
`;
}
