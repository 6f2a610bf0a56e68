// pidproxy, compared with the original, with a command that daemonises.
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessHandle } from '../../src/linux/process-handle.ts';
import { ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { childrenOf } from './torture/kernel-view.ts';

const [executable] = ours;
const candidates = { ours: [executable, 'pidproxy'], 'the original': ['/usr/bin/pidproxy'] };

/** Notes the signals it gets, and ends on SIGTERM. */
const daemon = `#!/bin/sh
trap 'echo HUP >>DIR/got' HUP
trap 'echo TERM >>DIR/got; exit 0' TERM
echo $$ >DIR/pid
while :; do sleep 0.05; done
`;

for (const [name, command] of Object.entries(candidates)) {
  describe(`pidproxy (${name})`, () => {
    test('passes signals to the process of the pidfile, and ends with it on SIGTERM', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'tsv-pidproxy-'));
      const path = (file: string) => join(directory, file);
      writeFileSync(path('daemon'), daemon.replaceAll('DIR', directory));
      chmodSync(path('daemon'), 0o755);
      const proxy = Bun.spawn([...command, path('pid'), path('daemon')], {
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      const got = () => (existsSync(path('got')) ? readFileSync(path('got'), 'utf8') : '');
      await eventually(() => existsSync(path('pid')) && readFileSync(path('pid'), 'utf8') !== '', {
        what: 'the pidfile',
      });
      proxy.kill('SIGHUP');
      await eventually(() => got() === 'HUP\n', { what: 'SIGHUP to arrive' });
      proxy.kill('SIGTERM');
      expect(await proxy.exited).toBe(0);
      await eventually(() => got() === 'HUP\nTERM\n', { what: 'SIGTERM to arrive' });
      rmSync(directory, { recursive: true });
    });

    test('says how it is used', async () => {
      const proxy = Bun.spawn([...command, 'only-a-pidfile'], { stdout: 'pipe', stderr: 'ignore' });
      expect(await new Response(proxy.stdout).text()).toContain('<pidfile name> <command> [<cmdarg1> ...]');
      expect(await proxy.exited).toBe(1);
    });
  });
}

/** A directory for one test; what was started from it is killed with it. */
async function inDirectory(act: (path: (file: string) => string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-pidproxy-'));
  try {
    await act((file) => join(directory, file));
  } finally {
    killAllOf(directory);
    rmSync(directory, { recursive: true });
  }
}

function killAllOf(directory: string): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !contents(`/proc/${name}/cmdline`).includes(`${directory}/`)) continue;
    const handle = ProcessHandle.open(Number(name));
    handle?.signal(9);
    handle?.close();
  }
}

/** With DIR for its directory. */
function script(file: string, text: string): void {
  writeFileSync(file, text.replaceAll('DIR', join(file, '..')), { mode: 0o755 });
  chmodSync(file, 0o755);
}

/** It has started its command, and so handles signals. */
async function untilItListens(pid: number): Promise<void> {
  await eventually(() => processesBeneath(pid).length > 0, { what: 'the command to run' });
}

interface Seen {
  readonly pid: number;
  readonly words: string;
}

function processesBeneath(pid: number): Seen[] {
  return childrenOf(pid).flatMap((child) => [
    { pid: child.pid, words: contents(`/proc/${child.pid}/cmdline`).replaceAll('\0', ' ') },
    ...processesBeneath(child.pid),
  ]);
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const startProxy = (words: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) =>
  Bun.spawn([executable, 'pidproxy', ...words], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    ...options,
  });

const waiting = '#!/bin/sh\nwhile :; do sleep 0.05; done\n';

/** As daemons do: a session of its own, a second fork, the parents end. */
const twiceForked = `#!/bin/sh
(setsid DIR/daemon &)
while :; do sleep 0.05; done
`;

describe('pidproxy, whose pidfile another user may write,', () => {
  test.each([
    ['a FIFO', (pidfile: string) => void Bun.spawnSync(['mkfifo', pidfile])],
    ['an endless device', (pidfile: string) => symlinkSync('/dev/zero', pidfile)],
    ['an endless file', (pidfile: string) => void Bun.spawnSync(['truncate', '-s', '1T', pidfile])],
  ])('neither waits for %s in its place nor reads it to the end', async (_, lay) => {
    await inDirectory(async (path) => {
      script(path('command'), waiting);
      lay(path('pid'));
      const proxy = startProxy([path('pid'), path('command')]);
      await untilItListens(proxy.pid);
      proxy.kill('SIGTERM');
      const { value } = await proxy.stdout.getReader().read();
      expect(Buffer.from(value ?? []).toString()).toBe(`Can't read child pidfile ${path('pid')}!\n`);
      proxy.kill('SIGKILL');
      await proxy.exited;
    });
  });

  test('reaches what the command has put into the background', async () => {
    await inDirectory(async (path) => {
      script(path('daemon'), daemon);
      script(path('start'), twiceForked);
      const proxy = startProxy([path('pid'), path('start')]);
      await eventually(() => contents(path('pid')) !== '', { what: 'the pidfile' });
      proxy.kill('SIGHUP');
      await eventually(() => contents(path('got')) === 'HUP\n', { what: 'SIGHUP to arrive' });
      proxy.kill('SIGTERM');
      expect(await proxy.exited).toBe(0);
      await eventually(() => contents(path('got')) === 'HUP\nTERM\n', { what: 'SIGTERM to arrive' });
    });
  });

  test('leaves no zombie of what ends in the background', async () => {
    await inDirectory(async (path) => {
      script(
        path('start'),
        '#!/bin/sh\n(setsid sh -c "echo \\$\\$ >DIR/brief" &)\nwhile :; do sleep 0.05; done\n',
      );
      startProxy([path('pid'), path('start')]);
      await eventually(() => contents(path('brief')) !== '', { what: 'the short command to have started' });
      const brief = contents(path('brief')).trim();
      await eventually(() => !existsSync(`/proc/${brief}`), { what: 'the brief one to be reaped' });
    });
  });

  test('signals no other process, even if the pidfile names one', async () => {
    await inDirectory(async (path) => {
      const stranger = Bun.spawn(['sleep', '100000'], { stdio: ['ignore', 'ignore', 'ignore'] });
      writeFileSync(path('pid'), String(stranger.pid));
      script(path('wait'), waiting);
      const proxy = startProxy([path('pid'), path('wait')]);
      await untilItListens(proxy.pid);
      proxy.kill('SIGTERM');
      proxy.kill('SIGHUP');
      const reader = proxy.stdout.getReader();
      let said = '';
      while (!said.includes('SIGHUP')) said += new TextDecoder().decode((await reader.read()).value);
      const refusal = (signal: string) =>
        `pidproxy: ${stranger.pid} in ${path('pid')} was not started by the command, ${signal} is not sent to it\n`;
      expect(said.split('\n').sort().join('\n').trim()).toBe((refusal('SIGHUP') + refusal('SIGTERM')).trim());
      expect(stranger.signalCode).toBeNull();
      stranger.kill('SIGKILL');
      await stranger.exited;
    });
  });

  // Alone in a pid namespace with a bystander: kill(-1) would reach no further.
  test.each(['4294967295', '4294967294', '2147483649', '9999999999', '-1', '0', '1', '4194305'])(
    'takes %s for no process',
    async (pid) => {
      await inDirectory(async (path) => {
        writeFileSync(path('pid'), pid);
        script(path('wait'), waiting);
        script(path('bystander'), daemon.replace('DIR/pid', 'DIR/bystanding'));
        script(
          path('both'),
          `#!/bin/sh\nDIR/bystander &\n${executable} pidproxy DIR/pid DIR/wait >DIR/said &\nwait\n`,
        );
        const namespace = Bun.spawn(
          ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', path('both')],
          { stdio: ['ignore', 'ignore', 'ignore'] },
        );
        const all = () => processesBeneath(namespace.pid);
        await eventually(
          () =>
            contents(path('bystanding')) !== '' &&
            all().some(({ words }) => words.startsWith(`/bin/sh ${path('wait')}`)),
          { what: 'both to run' },
        );
        const proxy = all().find(({ words }) => words.startsWith(`${executable} pidproxy`))?.pid ?? 0;
        process.kill(proxy, 'SIGHUP');
        await eventually(() => contents(path('said')) !== '', { what: 'the refusal' });
        expect(contents(path('said'))).toBe(`Can't read child pidfile ${path('pid')}!\n`);
        expect(contents(path('got'))).toBe('');
      });
    },
  );
});

describe('the command of pidproxy', () => {
  test('is looked up on PATH when it has no slash, never in the working directory', async () => {
    await inDirectory(async (path) => {
      mkdirSync(path('bin'));
      script(path('tool'), '#!/bin/sh\necho here\n');
      const proxy = startProxy(['pid', 'tool'], { cwd: path('.'), env: { PATH: '/usr/bin:/bin' } });
      expect(await new Response(proxy.stderr).text()).toBe(
        "pidproxy: cannot run tool: can't find command 'tool'\n",
      );
      expect(await proxy.exited).toBe(127);
      script(path('bin/tool'), '#!/bin/sh\necho on PATH as $0\n');
      const found = startProxy(['pid', 'tool'], { cwd: path('.'), env: { PATH: `bin:/usr/bin:/bin` } });
      expect(await new Response(found.stdout).text()).toBe(`on PATH as ${path('bin/tool')}\n`);
      expect(await found.exited).toBe(0);
    });
  });

  test('is relative to the working directory when it has one', async () => {
    await inDirectory(async (path) => {
      script(path('tool'), '#!/bin/sh\necho here\n');
      const proxy = startProxy(['pid', './tool'], { cwd: path('.') });
      expect(await new Response(proxy.stdout).text()).toBe('here\n');
    });
  });
});
