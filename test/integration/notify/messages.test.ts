// What programs with ready=notify tell, and what comes of it.
import { afterAll, describe, expect, test } from 'bun:test';
import { processInfo } from '../../../src/supervisor/process-info.ts';
import { byConfiguration } from '../../../src/supervisor/requester.ts';
import { eventually } from '../../support/eventually.ts';
import { NotifyStage } from './notify-stage.ts';

const stage = new NotifyStage();
afterAll(() => stage.end());

describe('a program with ready=notify', () => {
  test('is STARTING until it sends READY=1', async () => {
    const program = stage.start(`
send('STATUS=Loading')
wait_for(f'{files}/go')
send('READY=1\\nSTATUS=At work')
stay()`);
    await program.says('Loading');
    expect(program.process.state).toBe('STARTING');
    expect(processInfo(program.process).description).toBe('not ready: notify: no READY=1 yet');
    stage.write('go', 'x');
    await program.becomes('RUNNING');
    expect(program.process.statusText).toBe('At work');
    expect(program.events.map(({ type }) => type)).toEqual([
      'PROCESS_STATE_STARTING',
      'TSUPERVISOR_PROCESS_CHANGE',
      'PROCESS_STATE_RUNNING',
      'TSUPERVISOR_PROCESS_CHANGE',
    ]);
  });

  test('that ends before it is ready has failed to start', async () => {
    const program = stage.start(`send('STATUS=No database')`, 'startretries=0');
    await program.becomes('FATAL');
    expect(program.process.statusText).toBe('No database');
  });

  test('was ready, if that is the last it said before it ended', async () => {
    const program = stage.start(`send('READY=1\\nSTATUS=Done')`);
    await program.becomes('EXITED');
    expect(program.events.map(({ type }) => type)).toContain('PROCESS_STATE_RUNNING');
    expect(program.process.statusText).toBe('Done');
  });

  test('may send for its children, whatever their user, and theirs', async () => {
    const program = stage.start(`
if os.fork() == 0:
    os.setuid(65534)
    if os.fork() == 0: send('READY=1')
    stay()
stay()`);
    await program.becomes('RUNNING');
  });

  test('gets the address of a socket of its own, which others can neither list nor replace', async () => {
    const [first, second] = ['first', 'second'].map((name) =>
      stage.start(`write(f'{files}/${name}', address())\nsend('READY=1')\nstay()`),
    );
    await first?.becomes('RUNNING');
    await second?.becomes('RUNNING');
    const addresses = ['first', 'second'].map((name) => stage.read(name));
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) {
      const look = `import os, socket
os.setuid(65534)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(b'READY=1', '${address}')
for what in (os.listdir, lambda d: open(d + '/x', 'w'), lambda d: os.unlink('${address}')):
    try: what(os.path.dirname('${address}')); print('could')
    except PermissionError: print('denied')
print('${address}' in open('/proc/net/unix').read())`;
      const { stdout } = Bun.spawnSync(['/usr/bin/python3', '-c', look]);
      expect(stdout.toString()).toBe('denied\ndenied\ndenied\nFalse\n');
    }
  });
});

describe('a program that is RUNNING', () => {
  test('tells what it does, in one clean line, until its next start', async () => {
    const program = stage.start(`
if os.path.exists(f'{files}/again'): stay()
send('READY=1')
send(b'STATUS=\\x1b[1mbold\\xff\\ttab\\x00')
write(f'{files}/again', 1)`);
    await program.becomes('EXITED');
    expect(program.process.statusText).toBe('[1mbold\ufffd tab');
    program.restart();
    expect(program.process.statusText).toBe('');
  });

  test('reloads from RELOADING=1 to READY=1, without a change of its state', async () => {
    const program = stage.start(`
send('READY=1')
send('RELOADING=1\\nMONOTONIC_USEC=7000000')
wait_for(f'{files}/reloaded')
send('READY=1\\nSTATUS=Reloaded')
stay()`);
    await eventually(() => program.process.notify?.isReloading === true, { what: 'it to reload' });
    expect(program.process.notify?.snapshot().activity).toEqual({ kind: 'reload', since: 7000 });
    stage.write('reloaded', 'x');
    await program.says('Reloaded');
    expect(program.process.notify?.isReloading).toBe(false);
    expect(program.states()).toEqual(['STARTING', 'RUNNING']);
  });

  test('that sends STOPPING=1 is left alone, but killed when it has not ended after stopwaitsecs', async () => {
    const program = stage.start(
      `send('READY=1\\nWATCHDOG_USEC=5000000')\nsend('STOPPING=1\\nSTATUS=Stopping')\nstay()`,
      'stopwaitsecs=10',
    );
    await program.says('Stopping');
    stage.clock.advance(9999);
    expect(program.process.state).toBe('RUNNING');
    stage.clock.advance(1);
    await program.becomes('EXITED');
    expect(program.process.lastExit).toEqual({ kind: 'signaled', signal: 9, coreDumped: false });
    expect(program.process.life.spawnError).toBe('killed: it sent STOPPING=1 but did not end');
  });

  test('asks for time to stop with EXTEND_TIMEOUT_USEC, and to start', async () => {
    const program = stage.start(
      `
import signal
def on_term(number, frame): send('EXTEND_TIMEOUT_USEC=30000000\\nSTATUS=Stopping')
signal.signal(signal.SIGTERM, on_term)
send('EXTEND_TIMEOUT_USEC=90000000\\nSTATUS=Starting')
wait_for(f'{files}/extended')
send('READY=1')
stay()`,
      'stopwaitsecs=10\nready_timeout=60s',
    );
    await program.says('Starting');
    stage.clock.advance(89_999);
    expect(program.process.state).toBe('STARTING');
    stage.write('extended', 'x');
    await program.becomes('RUNNING');
    program.process.stop(byConfiguration);
    await program.says('Stopping');
    stage.clock.advance(29_999);
    expect(program.process.life.state).toMatchObject({ name: 'STOPPING' });
    stage.clock.advance(1);
    await program.becomes('STOPPED');
    expect(program.process.lastExit).toEqual({ kind: 'signaled', signal: 9, coreDumped: false });
  });

  test('asks for more time than a stop may take, and is killed nevertheless', async () => {
    const program = stage.start(
      `
import signal
def on_term(number, frame): send('EXTEND_TIMEOUT_USEC=99999999999999\\nSTATUS=Stopping')
signal.signal(signal.SIGTERM, on_term)
send('READY=1')
stay()`,
      'stopwaitsecs=10\nready_timeout=60s',
    );
    await program.becomes('RUNNING');
    program.process.stop(byConfiguration);
    await program.says('Stopping');
    stage.clock.advance(59_999);
    expect(program.process.state).toBe('STOPPING');
    stage.clock.advance(1);
    await program.becomes('STOPPED');
  });

  test('has no timer without a watchdog', async () => {
    const before = stage.clock.due.length;
    const program = stage.start(`send('READY=1')\nsend('WATCHDOG=1\\nSTATUS=Fed')\nstay()`);
    await program.says('Fed');
    expect(stage.clock.due.length).toBe(before);
  });
});

describe('the watchdog', () => {
  const fed = (more = '') => `
write(f'{files}/interval{os.getpid()}', os.environ.get('WATCHDOG_USEC'))
send('READY=1')
send('STATUS=Fed 0')
for number in range(1, 100):
    while not os.path.exists(f'{files}/feed{os.getpid()}-{number}'): time.sleep(0.005)
    send(f'WATCHDOG=1\\nSTATUS=Fed {number}')
${more}`;

  test('kills a program that sends no WATCHDOG=1 in time with SIGABRT, and says why', async () => {
    const program = stage.start(fed(), 'watchdog=30s');
    await program.says('Fed 0');
    const { pid } = program.process;
    expect(stage.read(`interval${pid}`)).toBe('30000000');
    for (const number of [1, 2, 3]) {
      stage.clock.advance(20_000);
      stage.write(`feed${pid}-${number}`, 'x');
      await program.says(`Fed ${number}`);
    }
    expect(program.process.pid).toBe(pid);
    stage.clock.advance(29_999);
    expect(program.process.notify?.killReason).toBe('');
    stage.clock.advance(1);
    await program.becomes('EXITED');
    expect(program.process.lastExit).toMatchObject({ kind: 'signaled', signal: 6 });
    const reason = 'it has sent no WATCHDOG=1 for 30 seconds';
    expect(program.process.life.spawnError).toBe(`killed by the watchdog: ${reason}`);
    const line = `WARN killing '${program.name}' (${pid}) with SIGABRT: ${reason}`;
    await eventually(() => stage.log().includes(line), { what: line });
  });

  test('kills with SIGKILL what SIGABRT does not end', async () => {
    const ignoring = `import signal\nsignal.signal(signal.SIGABRT, signal.SIG_IGN)\n${fed()}`;
    const program = stage.start(ignoring, 'watchdog=30s\nstopwaitsecs=7');
    await program.says('Fed 0');
    stage.clock.advance(30_000);
    stage.clock.advance(7000);
    await program.becomes('EXITED');
    expect(program.process.lastExit).toMatchObject({ kind: 'signaled', signal: 9 });
    expect(program.process.life.spawnError).toContain('no WATCHDOG=1');
  });

  test('knows what was sent in time but could not be read, because the daemon was held up', async () => {
    const program = stage.start(
      `send('READY=1')\nwrite(f'{files}/up', 1)\nwait_for(f'{files}/late')\nsend('WATCHDOG=1')\nwrite(f'{files}/sent', 1)\nstay()`,
      'watchdog=30s',
    );
    await program.becomes('RUNNING');
    stage.write('late', 'x');
    // Busy: nothing is read meanwhile.
    while (stage.read('sent') === '') Bun.sleepSync(5);
    stage.clock.advance(30_000);
    expect(program.process.notify?.killReason).toBe('');
    stage.clock.advance(30_000);
    await program.becomes('EXITED');
  });

  test('is changed, switched on and off by WATCHDOG_USEC', async () => {
    const program = stage.start(`
send('READY=1')
for number, usec in enumerate(('50000000', '5000000', '0', '80000000', '8000000', '1')):
    wait_for(f'{files}/set{number}')
    send(f'WATCHDOG_USEC={usec}\\nSTATUS=Set {number}')
stay()`);
    await program.becomes('RUNNING');
    for (const [number, dueMs] of [
      [0, 50_000],
      [1, 5000],
      [2, null],
      [3, 80_000],
      [4, 8000],
      // No less: each time that it expires takes time of the daemon.
      [5, 100],
    ] as const) {
      stage.write(`set${number}`, 'x');
      await program.says(`Set ${number}`);
      const watch = program.process.notify?.snapshot().watch;
      const expected =
        dueMs === null ? { kind: 'off' } : { kind: 'watchdog', dueAt: stage.clock.now() + dueMs };
      expect(watch).toEqual(expected as typeof watch);
    }
    stage.clock.advance(100);
    await program.becomes('EXITED');
  });

  test('that was fed reads nothing when its timer comes too early', async () => {
    const program = stage.start(
      `send('READY=1')\nwrite(f'{files}/there', 1)\nwait_for(f'{files}/feed')\nsend('WATCHDOG=1\\nSTATUS=Fed')\nwait_for(f'{files}/more')\nsend('STATUS=More')\nwrite(f'{files}/told', 1)\nstay()`,
      'watchdog=30s',
    );
    await program.becomes('RUNNING');
    stage.clock.advance(20_000);
    stage.write('feed', 'x');
    await program.says('Fed');
    stage.write('more', 'x');
    // Busy: nothing is read meanwhile.
    while (stage.read('told') === '') Bun.sleepSync(5);
    stage.clock.advance(10_000);
    expect(program.process.statusText).toBe('Fed');
    await program.says('More');
  });

  test('bites at once at WATCHDOG=trigger, even without an interval', async () => {
    const program = stage.start(`send('READY=1')\nsend('WATCHDOG=trigger')\nstay()`);
    await program.becomes('EXITED');
    expect(program.process.lastExit).toMatchObject({ kind: 'signaled', signal: 6 });
  });

  test('begins when the program is ready, and ends when it is stopped', async () => {
    const program = stage.start(
      `
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
send('STATUS=Starting')
wait_for(f'{files}/begin')
send('READY=1')
stay()`,
      'watchdog=3s\nready_timeout=60s\nstopwaitsecs=20',
    );
    await program.says('Starting');
    stage.clock.advance(10_000);
    expect(program.process.state).toBe('STARTING');
    stage.write('begin', 'x');
    await program.becomes('RUNNING');
    program.process.stop(byConfiguration);
    stage.clock.advance(19_999);
    expect(program.process.state).toBe('STOPPING');
    expect(program.process.notify?.killReason).toBe('');
  });

  test('goes on from a snapshot', async () => {
    const program = stage.start(`send('READY=1\\nSTATUS=Up')\nstay()`, 'watchdog=30s');
    await program.says('Up');
    const before = stage.clock.due.length;
    const snapshot = program.process.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    const heir = stage.heirOf(program, snapshot);
    expect(heir.statusText).toBe('Up');
    expect(stage.clock.due.length).toBe(before + 1);
    heir.notify?.begin();
  });
});
