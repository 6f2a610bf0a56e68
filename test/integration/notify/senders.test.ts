// Whose messages count, and whose do not.
import { afterAll, describe, expect, test } from 'bun:test';
import { eventually } from '../../support/eventually.ts';
import { NotifyStage, type Program } from './notify-stage.ts';

const stage = new NotifyStage();
afterAll(() => stage.end());

let programs = 0;

/** A program that is not ready by itself, and its address. */
async function waiting(then = ''): Promise<{ readonly program: Program; readonly address: string }> {
  programs += 1;
  const name = `address${programs}`;
  const program = stage.start(`write(f'{files}/${name}', address())\n${then}\nstay()`);
  return { program, address: await stage.written(name) };
}

/** What another program does with `to`, the address; it has written a file when it has. */
async function another(to: string, script: string): Promise<Program> {
  programs += 1;
  const done = `done${programs}`;
  const program = stage.start(`to = ${JSON.stringify(to)}\n${script}\nwrite(f'{files}/${done}', 1)\nstay()`);
  await stage.written(done);
  return program;
}

function ignored(program: Program): void {
  expect(program.process.state).toBe('STARTING');
  expect(program.process.statusText).toBe('');
}

describe('a message counts', () => {
  test.each([
    ['the program itself', `send('READY=1')`],
    ['a child', `if os.fork() == 0:\n    send('READY=1')\n    stay()`],
    ['a child whose parents have ended', `if fork_daemon():\n    send('READY=1')\n    stay()`],
    ['a child of such a child', `if fork_daemon():\n    if os.fork() == 0: send('READY=1')\n    stay()`],
    [
      'one that waits with BARRIER=1 before it ends',
      `if os.fork() == 0:\n    send('READY=1')\n    barrier()\n    os._exit(0)`,
    ],
    [
      'a privileged helper in the name of its parent',
      `if os.fork() == 0:\n    send('READY=1', pid=os.getppid())\n    os._exit(0)`,
    ],
  ])('from %s', async (_, script) => {
    const { program } = await waiting(script);
    await program.becomes('RUNNING');
  });

  test('from systemd-notify(1), in a shell script', async () => {
    const { program } = await waiting(
      `os.execv('/bin/sh', ['sh', '-c', 'systemd-notify --ready --status="By a script"; exec sleep 1000'])`,
    );
    await program.becomes('RUNNING');
    await program.says('By a script');
  });
});

describe('a message does not count', () => {
  test.each([
    [
      'another program that has overwritten its environment',
      `overwrite_environment()\nsend('READY=1\\nSTATUS=Foreign', to)\nbarrier(to)`,
    ],
    ['another program', `send('READY=1\\nSTATUS=Foreign', to)\nbarrier(to)`],
    [
      'a child of another program',
      `if os.fork() == 0:\n    send('READY=1\\nSTATUS=Foreign', to)\n    stay()\nbarrier(to)`,
    ],
    [
      'a child of another program that was executed with the address in its environment',
      `import subprocess
child = subprocess.Popen(['/usr/bin/python3', sys.argv[0]], env={**os.environ, 'NOTIFY_SOCKET': to}) if os.environ['NOTIFY_SOCKET'] != to else None
if child is None:
    send('READY=1\\nSTATUS=Foreign')
    barrier()
    write(f'{files}/executed', 1)
    stay()
wait_for(f'{files}/executed')`,
    ],
    [
      'an orphan of another program',
      `if fork_daemon():
    send('READY=1\\nSTATUS=Foreign', to)
    barrier(to)
    write(f'{files}/orphan-sent', 1)
    os._exit(0)
wait_for(f'{files}/orphan-sent')`,
    ],
    [
      'a child of another program that has ended since',
      `child = os.fork()
if child == 0:
    send('READY=1\\nSTATUS=Foreign', to)
    os._exit(0)
os.waitpid(child, 0)
barrier(to)`,
    ],
  ])('from %s', async (_, script) => {
    const { program, address } = await waiting();
    await another(address, script);
    ignored(program);
  });

  test('from an earlier run of the program', async () => {
    const program = stage.start(`
if os.path.exists(f'{files}/first'):
    write(f'{files}/second', 1)
    stay()
if os.fork() == 0:
    write(f'{files}/first', 1)
    wait_for(f'{files}/second')
    try: send('READY=1\\nSTATUS=Old')
    except OSError: write(f'{files}/refused', 1)
    stay()
stay()`);
    await stage.written('first');
    program.restart();
    await stage.written('refused');
    ignored(program);
  });

  test('from its own child that has ended already, when nothing shows where it belonged', async () => {
    // Reaped while the daemon is busy, so that it is not there when its message is read.
    const { program } = await waiting(`
wait_for(f'{files}/now')
child = os.fork()
if child == 0:
    send('READY=1\\nSTATUS=Late')
    os._exit(0)
os.waitpid(child, 0)
write(f'{files}/over', 1)
wait_for(f'{files}/flush')
barrier()
write(f'{files}/flushed', 1)`);
    stage.write('now', 'x');
    while (stage.read('over') === '') Bun.sleepSync(5);
    stage.write('flush', 'x');
    await stage.written('flushed');
    ignored(program);
  });
});

test('what was ignored is in the log, once for each program', async () => {
  const { program, address } = await waiting();
  await another(address, `for _ in range(50): send('READY=1', to)\nbarrier(to)`);
  ignored(program);
  const lines = () => stage.log().split(`ignored a message to '${program.name}' from pid`).length - 1;
  await eventually(() => lines() === 1, { what: 'the line' });
  expect(stage.log()).toMatch(
    new RegExp(`WARN ignored a message to '${program.name}' from pid \\d+, uid 0, which is no process of it`),
  );
});
