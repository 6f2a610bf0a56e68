// Logs on a stalled disk, where not even stat(2) returns. Clients get responses all the
// same, with what is known.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** Far more than an answer takes, far less than the disk. */
const answerMs = 10_000;

let directory: string;
let daemon: Daemon;
let disk: Bun.Subprocess<'pipe', 'pipe', 'inherit'> | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-hanging-'));
  mkdirSync(join(directory, 'disk/never'), { recursive: true });
  writeFileSync(join(directory, 'disk/never/never.log'), 'of old\n');
  daemon = await Daemon.start({
    config: `[program:there]
command=/bin/sh -c 'echo there; exec sleep 1000'
stdout_logfile=${directory}/disk/there.log
[program:never]
command=/bin/true
autostart=false
stdout_logfile=${directory}/disk/never/never.log
[program:here]
command=/bin/sh -c 'echo here; exec sleep 1000'
stdout_logfile=%(here)s/here.log`,
  });
});
afterAll(async () => {
  disk?.stdin.end();
  await disk?.exited;
  await daemon?.stop();
  rmSync(directory, { recursive: true });
});

async function get(path: string): Promise<string> {
  const signal = AbortSignal.timeout(answerMs);
  return (await fetch(`http://127.0.0.1:${daemon.port}${path}`, { signal })).text();
}

const bytesOf = (metrics: string, name: string): string | undefined =>
  new RegExp(`log_size_bytes{group="${name}",process="${name}",channel="stdout"} (\\d+)`).exec(metrics)?.[1];

test('the metrics go without the size of those logs, and everybody else is answered at once', async () => {
  const log = join(directory, 'disk/there.log');
  await eventually(() => statSync(log, { throwIfNoEntry: false })?.size === 6, { what: 'the log there' });
  const script = join(import.meta.dir, '../../support/hanging-disk.py');
  disk = Bun.spawn(['/usr/bin/python3', script, join(directory, 'disk')], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  await disk.stdout.getReader().read();
  const [first, state] = await Promise.all([get('/metrics'), get('/api/v1/supervisor.getState')]);
  expect(JSON.parse(state)).toMatchObject({ result: { statename: 'RUNNING' } });
  expect([bytesOf(first, 'there'), bytesOf(first, 'never')]).toEqual([undefined, undefined]);
  expect(await get('/metrics')).toContain('process="there",state="RUNNING"} 1');
  disk.stdin.end();
  await disk.exited;
  await eventually(async () => bytesOf(await get('/metrics'), 'there') === '6', {
    what: 'an answer from there',
  });
  const last = await get('/metrics');
  expect([bytesOf(last, 'here'), bytesOf(last, 'never')]).toEqual(['5', '7']);
});
