// Programs that send garbage, floods and descriptors to their notify socket.
import { afterAll, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { byConfiguration } from '../../../src/supervisor/requester.ts';
import { eventually } from '../../support/eventually.ts';
import { NotifyStage } from './notify-stage.ts';

const stage = new NotifyStage();
afterAll(() => stage.end());

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('a program that sends', () => {
  test('garbage is ignored until it makes sense', async () => {
    const program = stage.start(`
send(b'READY=1\\n' + b'x' * 65000)
send(b'READY=1\\n' + b'x' * 4089)
send(b'READY=1\\0\\nSTATUS=NUL')
send(b'')
send(b'\\0')
send(b'\\n' * 4000)
send(b'=' * 4000)
for _ in range(200): send(os.urandom(3000))
barrier()
write(f'{files}/garbage', 1)
wait_for(f'{files}/sense')
send('READY=1')
stay()`);
    await stage.written('garbage');
    expect(program.process.state).toBe('STARTING');
    expect(program.process.statusText).toBe('');
    stage.write('sense', 'x');
    await program.becomes('RUNNING');
    const lines = () => stage.log().split(`ignored a message of '${program.name}'`).length - 1;
    await eventually(() => lines() === 2, { what: 'a line for each reason' });
  });

  test('numbers beyond all measure stays what it is', async () => {
    const program = stage.start(`
send('READY=1\\nMAINPID=-4\\nEXTEND_TIMEOUT_USEC=18446744073709551616\\nWATCHDOG_USEC=-1\\nMONOTONIC_USEC=99999999999999999999')
send('EXTEND_TIMEOUT_USEC=18446744073709551615\\nSTATUS=Sent')
stay()`);
    await program.says('Sent');
    expect(program.process.state).toBe('RUNNING');
    expect(program.process.notify?.snapshot().watch).toEqual({ kind: 'off' });
  });

  test('thousands of descriptors has them all closed, a barrier among them after what came before', async () => {
    await stage.start(`send('READY=1')\nstay()`).becomes('RUNNING');
    const before = openDescriptors();
    const program = stage.start(`
import socket
pair = socket.socketpair()
file = os.open(sys.argv[0], os.O_RDONLY)
for number in range(40):
    send(f'FDSTORE=1\\nSTATUS=Stored {number}', descriptors=[(pair[0].fileno(), file, 1)[number % 3]] * 253)
send('READY=1')
write(f'{files}/in-time', barrier())
stay()`);
    expect(await stage.written('in-time')).toBe('True');
    expect(program.process.state).toBe('RUNNING');
    expect(program.process.statusText).toBe('Stored 39');
    // Its own socket and pipes.
    await eventually(() => openDescriptors() <= before + 5, { what: 'the descriptors to be closed' });
  });

  test('without pause does not keep its neighbour waiting, and the last of it is handled, too', async () => {
    const flood = stage.start(`
send('READY=1')
number = 0
while not os.path.exists(f'{files}/enough'):
    number += 1
    send(f'WATCHDOG=1\\nSTATUS=Number {number}')
send('STATUS=Enough')
stay()`);
    await flood.becomes('RUNNING');
    const neighbour = stage.start(`
send('READY=1')
for number in range(20): send(f'STATUS={number}')
stay()`);
    await neighbour.says('19');
    stage.write('enough', 'x');
    await flood.says('Enough');
  });

  test('a new main process all the time is stopped nevertheless', async () => {
    const program = stage.start(
      `
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def successor():
    pid = os.fork()
    if pid == 0: stay()
    send(f'MAINPID={pid}\\nREADY=1')
    return pid
last = successor()
while True:
    killed, last = last, successor()
    os.kill(killed, 9)
    os.waitpid(killed, 0)`,
      'stopwaitsecs=10',
    );
    await program.becomes('RUNNING');
    program.process.stop(byConfiguration);
    stage.clock.advance(10_000);
    await program.becomes('STOPPED');
  });

  test('a main process in turns, or its state, has one state in the end', async () => {
    const program = stage.start(`
other = os.fork()
if other == 0: stay()
for number in range(300): send(f'MAINPID={(other, os.getpid())[number % 2]}\\nREADY=1\\nRELOADING=1')
send('READY=1\\nSTATUS=Settled')
stay()`);
    const { pid } = program.process;
    await program.says('Settled');
    expect(program.process.pid).toBe(pid);
    expect(stage.log().split(`the main process of '${program.name}' is`).length - 1).toBeLessThanOrEqual(1);
    expect(program.states()).toEqual(['STARTING', 'RUNNING']);
    expect(program.process.notify?.isReloading).toBe(false);
  });
});
