import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicUsec } from '../../../src/linux/monotonic-clock.ts';
import { ServiceNotifier, withoutServiceVariables } from '../../../src/systemd/sd-notify.ts';
import { pingIntervalMs } from '../../../src/systemd/watchdog.ts';
import { DatagramReceiver } from '../../support/datagram-receiver.ts';

const directory = mkdtempSync(join(tmpdir(), 'tsv-notify-'));
let receiver: DatagramReceiver;
let notifier: ServiceNotifier;

beforeAll(async () => {
  receiver = await DatagramReceiver.bind(join(directory, 'notify'));
  notifier = ServiceNotifier.fromEnvironment({ NOTIFY_SOCKET: receiver.address });
});
afterAll(async () => {
  await receiver.close();
  rmSync(directory, { recursive: true });
});

describe('a service under systemd', () => {
  test('is ready with its pid', async () => {
    expect(notifier.ready()).toBe(true);
    expect((await receiver.next()).text).toBe(`READY=1\nMAINPID=${process.pid}`);
  });

  test('tells its status in one line, whatever the text holds', async () => {
    notifier.sendStatus('12 running\nREADY=1\r\nMAINPID=1');
    expect((await receiver.next()).text).toBe('STATUS=12 running READY=1 MAINPID=1');
  });

  test('tells when it began to reload, on the clock of the kernel', async () => {
    const before = monotonicUsec();
    notifier.reloading();
    const after = monotonicUsec();
    const { text } = await receiver.next();
    const [, usec = ''] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(text) ?? [];
    expect(BigInt(usec)).toBeGreaterThanOrEqual(before);
    expect(BigInt(usec)).toBeLessThanOrEqual(after);
  });

  test('tells of its end, of more time needed, and of failure', async () => {
    notifier.stopping();
    notifier.extendTimeout(1_500_000.2);
    notifier.failed('no configuration', 2);
    expect((await receiver.next()).text).toBe('STOPPING=1');
    expect((await receiver.next()).text).toBe('EXTEND_TIMEOUT_USEC=1500001');
    expect((await receiver.next()).text).toBe('STATUS=no configuration\nEXIT_STATUS=2');
  });

  test('stores open files with systemd', async () => {
    const path = join(directory, 'stored');
    writeFileSync(path, 'kept over a restart');
    const fds = [openSync(path, 'r'), openSync(path, 'r'), openSync(path, 'r')];
    expect(notifier.storeDescriptors('log', fds)).toBe(true);
    for (const fd of fds) closeSync(fd);
    expect(await receiver.next()).toEqual({
      text: 'FDSTORE=1\nFDNAME=log',
      descriptors: Array.from(fds, () => 'kept over a restart'),
    });
  });

  test('reaches an abstract socket', async () => {
    const abstract = await DatagramReceiver.bind(`@tsupervisor-test-${process.pid}`);
    expect(ServiceNotifier.fromEnvironment({ NOTIFY_SOCKET: abstract.address }).stopping()).toBe(true);
    expect((await abstract.next()).text).toBe('STOPPING=1');
    await abstract.close();
  });
});

describe('a service without systemd', () => {
  test.each([undefined, '', 'vsock:2:1234', '/nowhere/at/all', `/${'x'.repeat(200)}`])(
    'goes on when NOTIFY_SOCKET is %p',
    (address) => {
      const alone = ServiceNotifier.fromEnvironment({ NOTIFY_SOCKET: address, WATCHDOG_USEC: '1000000' });
      expect(alone.ready()).toBe(false);
    },
  );

  test('has no watchdog', () => {
    expect(ServiceNotifier.fromEnvironment({ WATCHDOG_USEC: '1000000' }).watchdogInterval()).toBe(0);
  });
});

describe('the watchdog', () => {
  const watched = (variables: Record<string, string>) =>
    ServiceNotifier.fromEnvironment({ NOTIFY_SOCKET: receiver.address, ...variables });

  test('is on when WATCHDOG_USEC is meant for this process', () => {
    expect(watched({ WATCHDOG_USEC: '30000000' }).watchdogInterval()).toBe(30_000);
    expect(watched({ WATCHDOG_USEC: '500', WATCHDOG_PID: String(process.pid) }).watchdogInterval()).toBe(0.5);
  });

  test.each([{ WATCHDOG_USEC: '1', WATCHDOG_PID: '1' }, { WATCHDOG_USEC: 'x' }, { WATCHDOG_USEC: '-1' }, {}])(
    'is off with %p',
    (variables) => expect(watched({ ...variables }).watchdogInterval()).toBe(0),
  );

  test.each([
    ['half of a short one', 4_000_000, 2000],
    [
      'no more than a quarter of a minute, so that little of it has passed when the machine is paused',
      180_000_000,
      15_000,
    ],
  ])('is fed in an interval of %s', (_what, usec, expected) => {
    expect(pingIntervalMs(usec)).toBe(expected);
  });

  test('pings while the service is alive, tells when it is not, and pings again when it is', async () => {
    const answers = [true, false, true];
    const pinging = watched({ WATCHDOG_USEC: '20000' });
    pinging.startWatchdogMode({ isAlive: async () => answers.shift() ?? false });
    expect((await receiver.next()).text).toBe('WATCHDOG=1');
    expect((await receiver.next()).text).toBe('WATCHDOG=1');
    pinging.stopWatchdogMode();
    expect(answers).toEqual([]);
  });

  test('is fed at once after more time was asked for, which puts off the watchdog too', async () => {
    const pinging = watched({ WATCHDOG_USEC: '600000000' });
    pinging.startWatchdogMode({ isAlive: async () => true });
    expect((await receiver.next()).text).toBe('WATCHDOG=1');
    pinging.extendTimeout(1);
    expect((await receiver.next()).text).toBe('EXTEND_TIMEOUT_USEC=1');
    expect((await receiver.next()).text).toBe('WATCHDOG=1');
    pinging.stopWatchdogMode();
  });

  test('takes a check that fails for death', async () => {
    const checks = [() => Promise.reject(new Error('broken')), async () => true];
    const pinging = watched({ WATCHDOG_USEC: '20000' });
    pinging.startWatchdogMode({ isAlive: () => checks.shift()?.() ?? Promise.reject(new Error('broken')) });
    expect((await receiver.next()).text).toBe('WATCHDOG=1');
    pinging.stopWatchdogMode();
    expect(checks).toEqual([]);
  });
});

describe('withoutServiceVariables', () => {
  test('leaves a child everything but what systemd means for the daemon', () => {
    const mine = {
      NOTIFY_SOCKET: '/n',
      WATCHDOG_USEC: '1',
      WATCHDOG_PID: '1',
      LISTEN_FDS: '1',
      LISTEN_PID: '1',
    };
    const others = {
      PATH: '/bin',
      INVOCATION_ID: 'x',
      LISTEN: '80',
      LISTEN_ADDRESS_2: 'y',
      MY_NOTIFY_SOCKET: 'z',
    };
    expect(withoutServiceVariables({ ...mine, LISTEN_FDNAMES: 'a:b', ...others })).toEqual(others);
  });
});
