// What programs with ready=notify tell, and what comes of it.
import { afterAll, describe, expect, test } from 'bun:test';
import { eventually } from '../../../support/eventually.ts';
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
