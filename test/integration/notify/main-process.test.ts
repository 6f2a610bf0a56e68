// MAINPID: daemons that fork, and what they cannot claim.
import { afterAll, describe, expect, test } from 'bun:test';
import { boottimeMs } from '../../../src/linux/monotonic-clock.ts';
import { processStat } from '../../../src/linux/process-stat.ts';
import { byConfiguration } from '../../../src/supervisor/requester.ts';
import { eventually } from '../../support/eventually.ts';
import { NotifyStage, type Program } from './notify-stage.ts';

const stage = new NotifyStage();
afterAll(() => stage.end());

function isGone(pid: number): Promise<void> {
  return eventually(() => processStat(pid) === null, { what: `the end of ${pid}` });
}

/** A daemon of the old kind: its parents are gone before it says which process it is. */
const legacy = (then: string) => `
import signal
child = os.getpid()
if not fork_daemon():
    wait_for(f'{files}/ready{child}')
    os._exit(3)
send(f'MAINPID={os.getpid()}\\nREADY=1\\nSTATUS=Forked')
barrier()
write(f'{files}/ready{child}', 1)
${then}`;

describe('a daemon that forks', () => {
  test('is followed: its pid, its stop signal, its exit status', async () => {
    const program = stage.start(
      legacy(`
def on_term(number, frame): os._exit(5)
signal.signal(signal.SIGTERM, on_term)
stay()`),
    );
    const child = program.process.pid;
    await program.says('Forked');
    const main = program.process.pid;
    expect(main).not.toBe(child);
    expect(program.process.state).toBe('RUNNING');
    await isGone(child);
    expect(program.process.life.state).toEqual({ name: 'RUNNING', pid: main });
    expect(processStat(main)?.parent).toBe(process.pid);
    program.process.stop(byConfiguration);
    await program.becomes('STOPPED');
    expect(program.process.lastExit).toEqual({ kind: 'exited', code: 5 });
    const line = `the main process of '${program.name}' is pid ${main} now`;
    await eventually(() => stage.log().includes(line), { what: line });
  });

  test('ends when its main process ends, with all that it has written', async () => {
    const program = stage.start(
      legacy(`
wait_for(f'{files}/speak')
print('x' * 200000, flush=True)
os._exit(7)`),
      '',
      'out',
    );
    const child = program.process.pid;
    await program.says('Forked');
    await isGone(child);
    stage.write('speak', 'x');
    await program.becomes('EXITED');
    expect(program.process.lastExit).toEqual({ kind: 'exited', code: 7 });
    expect(stage.read('out').length).toBe(200_001);
  });

  test('under a wrapper that stays takes the wrapper along', async () => {
    const program = stage.start(`
import signal
main = os.fork()
if main == 0:
    wait_for(f'{files}/end')
    os._exit(9)
send(f'MAINPID={main}\\nREADY=1\\nSTATUS=Wrapped')
stay()`);
    const wrapper = program.process.pid;
    await program.says('Wrapped');
    expect(processStat(program.process.pid)?.parent).toBe(wrapper);
    stage.write('end', 'x');
    await program.becomes('EXITED');
    // A zombie of the wrapper: the kernel shows its status nevertheless.
    expect(program.process.lastExit).toEqual({ kind: 'exited', code: 9 });
    expect(processStat(wrapper)).toBeNull();
  });

  test('whose parent has reaped it is known to have ended, and how', async () => {
    const program = stage.start(`
main = os.fork()
if main == 0:
    wait_for(f'{files}/go')
    os._exit(4)
send(f'MAINPID={main}\\nREADY=1\\nSTATUS=Wrapped')
os.waitpid(main, 0)
stay()`);
    await program.says('Wrapped');
    stage.write('go', 'x');
    await program.becomes('EXITED');
    expect(program.process.lastExit).toEqual({ kind: 'exited', code: 4 });
  });

  test('under a wrapper that ignores its signal kills the wrapper after stopwaitsecs', async () => {
    const program = stage.start(
      `
import signal
signal.signal(signal.SIGTERM, lambda number, frame: write(f'{files}/asked', number))
main = os.fork()
if main == 0:
    wait_for(f'{files}/leave')
    os._exit(0)
send(f'MAINPID={main}\\nREADY=1\\nSTATUS=Wrapped')
stay()`,
      'stopwaitsecs=7',
    );
    const wrapper = program.process.pid;
    await program.says('Wrapped');
    stage.write('leave', 'x');
    await stage.written('asked');
    expect(program.process.state).toBe('RUNNING');
    // What is there is shown.
    expect(program.process.pid).toBe(wrapper);
    stage.clock.advance(7000);
    await program.becomes('EXITED');
    expect(program.process.lastExit).toEqual({ kind: 'exited', code: 0 });
  });

  test('may hand over to a successor again and again, and back to its child', async () => {
    const program = stage.start(`
import signal
child = os.getpid()
def successor():
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, lambda number, frame: os._exit(6))
        stay()
    return pid
first, second = successor(), successor()
send(f'READY=1\\nMAINPID={first}')
send(f'MAINPID={second}\\nSTATUS=Second')
wait_for(f'{files}/back')
os.kill(first, 9)
os.waitpid(first, 0)
send(f'MAINPID={child}\\nSTATUS=Back')
stay()`);
    const child = program.process.pid;
    await program.says('Second');
    expect(program.process.pid).not.toBe(child);
    stage.write('back', 'x');
    await program.says('Back');
    expect(program.process.pid).toBe(child);
    program.process.stop(byConfiguration);
    await program.becomes('STOPPED');
    expect(program.process.lastExit).toMatchObject({ kind: 'signaled', signal: 15 });
  });

  test('is signalled with its group only where the group is its own', async () => {
    const helping = (name: string) => `
helper = os.fork()
if helper == 0:
    signal.signal(signal.SIGTERM, lambda number, frame: write(f'{files}/${name}-stopped', 1))
    signal.signal(signal.SIGUSR1, lambda number, frame: write(f'{files}/${name}-asked', 1))
    write(f'{files}/${name}', os.getpid())
    stay()
stay()`;
    const helpers: number[] = [];
    const stop = async (program: Program, name: string) => {
      const helper = Number(await stage.written(name));
      helpers.push(helper);
      await program.becomes('RUNNING');
      program.process.stop(byConfiguration);
      await program.becomes('STOPPED');
      process.kill(helper, 'SIGUSR1');
      await stage.written(`${name}-asked`);
    };
    // It leads neither the group of the session that it is in, nor does its child.
    await stop(stage.start(legacy(helping('foreign')), 'stopasgroup=true'), 'foreign');
    expect(stage.read('foreign-stopped')).toBe('');
    const inGroupOfChild = `
import signal
main = os.fork()
if main != 0:
    send(f'MAINPID={main}\\nREADY=1')
    stay()
${helping('own')}`;
    await stop(stage.start(inGroupOfChild, 'stopasgroup=true'), 'own');
    expect(stage.read('own-stopped')).not.toBe('');
    for (const helper of helpers) process.kill(helper, 'SIGKILL');
  });
});

describe('an orphan that has overwritten its environment, as titles for ps do,', () => {
  const overwriting = (more: string) => `
child = os.getpid()
if not fork_daemon():
    wait_for(f'{files}/named{child}')
    os._exit(0)
overwrite_environment()
${more}`;

  test('is known as the main process by its descent: it began after the program', async () => {
    const program = stage.start(
      overwriting(`
send(f'MAINPID={os.getpid()}\\nREADY=1\\nSTATUS=Titled')
write(f'{files}/named{child}', 1)
stay()`),
    );
    const child = program.process.pid;
    await program.says('Titled');
    await isGone(child);
    expect(program.process.pid).not.toBe(child);
  });

  test('is not taken by a program of another user, or one that began after it', async () => {
    const thief = stage.start(`
pid = wait_for(f'{files}/titled')
os.setuid(65534)
send(f'MAINPID={pid}\\nSTATUS=Claimed')
stay()`);
    const stray = stage.start(overwriting(`write(f'{files}/titled', os.getpid())\nstay()`));
    const pid = Number(await stage.written('titled'));
    await thief.says('Claimed');
    expect(thief.process.pid).not.toBe(pid);
    // The kernel tells when a process began in ticks of 10 ms.
    const began = processStat(pid)?.startedAt ?? 0;
    await eventually(() => boottimeMs() > (began + 1) * 10, { what: 'the next tick' });
    const late = stage.start(`send('MAINPID=${pid}\\nSTATUS=Claimed')\nstay()`);
    await late.says('Claimed');
    expect(late.process.pid).not.toBe(pid);
    stray.process.kill();
    process.kill(pid, 'SIGKILL');
  });
});

describe('MAINPID is refused', () => {
  async function refused(claim: string, more = ''): Promise<Program> {
    const program = stage.start(`
import signal
${more}
send('READY=1')
send(f'MAINPID={${claim}}\\nSTATUS=Claimed')
stay()`);
    const child = program.process.pid;
    await program.says('Claimed');
    expect(program.process.pid).toBe(child);
    return program;
  }

  test.each([
    ['of the first process', '1'],
    ['of the daemon', 'os.getppid()'],
    ['of a process that does not exist', '4194304'],
    ['of none', '0'],
    ['that is negative', '-1'],
    ['that is no number', '"self"'],
  ])('%s', async (_, claim) => {
    await refused(claim);
  });

  test('of another program, its daemon, and its children', async () => {
    const other = stage.start(`
helper = os.fork()
if helper == 0: stay()
write(f'{files}/other', f'{os.getpid()} {helper}')
send('READY=1')
stay()`);
    await other.becomes('RUNNING');
    const daemon = stage.start(legacy(`stay()`));
    await daemon.says('Forked');
    const [child, helper] = stage.read('other').split(' ');
    for (const pid of [child, helper, daemon.process.pid]) {
      const program = await refused(String(pid));
      const line = `WARN '${program.name}' cannot have ${pid} as its main process: it is`;
      await eventually(() => stage.log().includes(line), { what: line });
    }
    expect(other.process.state).toBe('RUNNING');
  });

  test('of an orphan that was not started with its environment', async () => {
    const stray = stage.start(`
if not fork_daemon(): stay()
write(f'{files}/stray', os.getpid())
stay()`);
    const pid = await stage.written('stray');
    await refused(pid);
    stray.process.kill();
    await stray.becomes('BACKOFF');
    process.kill(Number(pid), 'SIGKILL');
  });

  test('from a program that ends thereby: a process that it has reaped', async () => {
    await refused('gone', `gone = os.fork()\nif gone == 0: os._exit(0)\nos.waitpid(gone, 0)`);
  });
});
