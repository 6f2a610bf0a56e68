import { describe, expect, test } from 'bun:test';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** Programs that accept nothing, so that clients queue up. */
const config = `
[fcgi-program:site]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0
socket=unix://%(here)s/site.sock
socket_mode=0640
socket_owner=www-data:daemon
socket_backlog=3
[fcgi-program:plain]
command=/bin/sleep 1000
startsecs=0
socket=unix://%(here)s/plain.sock
`;

describe('the socket of a FastCGI program', () => {
  test('has the mode, the owner, the backlog and the holders that the original gives it', async () => {
    const [theirs, mine] = await Promise.all([socketsOf(original), socketsOf(ours)]);
    expect(mine).toEqual(theirs);
    expect(mine.site).toMatchObject({ mode: '0o640', waiting: 4 });
    expect(mine.sharedStdin).toBe(true);
  });
});

interface Sockets {
  readonly site: unknown;
  readonly plain: unknown;
  /** Both processes of a group have the same socket as stdin. */
  readonly sharedStdin: boolean;
  readonly log: readonly string[];
}

async function socketsOf(executable: readonly string[]): Promise<Sockets> {
  const daemon = await Daemon.start({ executable, config });
  try {
    await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
      what: 'everything to run',
    });
    const [first, second] = await Promise.all([
      stdinOf(daemon, 'site:site_0'),
      stdinOf(daemon, 'site:site_1'),
    ]);
    const sockets = { site: await look(daemon, 'site.sock'), plain: await look(daemon, 'plain.sock') };
    await daemon.supervisorctl('stop', 'all');
    const log = daemon.log().match(/INFO (Creating|Closing) socket .*/g) ?? [];
    return {
      ...sockets,
      sharedStdin: first === second && first.startsWith('socket:'),
      log: log.map((line) => line.replace(daemon.directory, '')).sort(),
    };
  } finally {
    await daemon.stop();
  }
}

async function stdinOf(daemon: Daemon, name: string): Promise<string> {
  const pid = (await daemon.supervisorctl('pid', name)).stdout.trim();
  return readlinkSync(`/proc/${pid}/fd/0`);
}

async function look(daemon: Daemon, name: string): Promise<unknown> {
  const script = join(import.meta.dir, 'fastcgi-socket.py');
  const { stdout } = await run(['/usr/bin/python3', script, daemon.path(name)]);
  return JSON.parse(stdout);
}
