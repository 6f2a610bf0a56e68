// The end of programs that ends the daemon, with its exit status.
import { describe, expect, test } from 'bun:test';
import { Daemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

/** The exit status and log of a daemon that ends by itself, or after `act`. */
async function endOf(
  config: string,
  {
    supervisord = '',
    act = async () => {},
  }: { supervisord?: string; act?: (daemon: Daemon) => Promise<void> } = {},
): Promise<{ status: number; log: string }> {
  const daemon = await Daemon.start({ config, supervisord });
  try {
    await act(daemon);
    const status = await daemon.subprocess.exited;
    return { status, log: daemon.log() };
  } finally {
    await daemon.stop();
  }
}

const other = '[program:other]\ncommand=/bin/cat\n';

describe('exit_on_end', () => {
  test.each([
    ['an expected exit code', '/bin/sh -c "sleep 0.2"', 0],
    ['an unexpected exit code', '/bin/sh -c "sleep 0.2; exit 7"', 7],
    ['a signal', '/bin/sh -c "sleep 0.2; kill -KILL $$"', 137],
  ])('ends everything after %s, with it as the exit status', async (_, command, expected) => {
    const main = `[program:main]\ncommand=${command}\nstartsecs=0\nautorestart=false\nexit_on_end=true\n`;
    const { status, log } = await endOf(other + main);
    expect(status).toBe(expected);
    expect(log).toContain(
      `${expected === 0 ? 'INFO' : 'CRIT'} main has ended and has exit_on_end=true: shutting down with exit status ${expected}`,
    );
    expect(log).toContain('stopped: other (terminated by SIGTERM)');
  });

  test('waits until no restart is due', async () => {
    const main = `[program:main]
command=/bin/sh -c 'test -e %(here)s/second && exit 0; touch %(here)s/second; exit 5'
startsecs=0
exit_on_end=true
`;
    const { status, log } = await endOf(main);
    expect(status).toBe(0);
    expect(log.split("spawned: 'main'").length - 1).toBe(2);
  });

  test('of a program that cannot be started is a failure', async () => {
    const { status } = await endOf('[program:main]\ncommand=/bin/true\nstartretries=0\nexit_on_end=true\n');
    expect(status).toBe(1);
  });

  test('does not count a stop on request', async () => {
    const { status } = await endOf(`${other}exit_on_end=true\n`, {
      act: async (daemon) => {
        await daemon.supervisorctl('stop', 'other');
        await daemon.supervisorctl('start', 'other');
        expect(await daemon.states()).toEqual({ other: 'RUNNING' });
        await daemon.supervisorctl('shutdown');
      },
    });
    expect(status).toBe(0);
  });
});

describe('exit_when_done', () => {
  const supervisord = 'exit_when_done=true';
  const job = (name: string, command: string, more = '') =>
    `[program:${name}]\ncommand=/bin/sh -c '${command}'\noneshot=true\nautorestart=false\n${more}\n`;

  test('ends the daemon with 0 when all have done their work', async () => {
    const { status, log } = await endOf(job('a', 'exit 0') + job('b', 'sleep 0.3'), { supervisord });
    expect(status).toBe(0);
    expect(log).toContain('nothing runs any more and exit_when_done=true: shutting down with exit status 0');
  });

  test('ends with the first exit code that was not expected', async () => {
    const jobs =
      job('a', 'exit 3', 'startretries=0') +
      job('b', 'sleep 0.5; exit 4', 'startretries=0') +
      job('c', 'sleep 1');
    expect((await endOf(jobs, { supervisord })).status).toBe(3);
  });

  test('lets what waits for the last end start first', async () => {
    const jobs =
      job('a', 'sleep 0.2') + job('b', 'exit 0', 'depends_on=a') + job('c', 'exit 0', 'depends_on=b');
    const { log } = await endOf(jobs, { supervisord });
    expect(log).toContain("spawned: 'c'");
  });

  test('does not wait for what waits for a failed job', async () => {
    const jobs = job('a', 'exit 6', 'startretries=0') + job('b', 'exit 0', 'depends_on=a');
    const { status, log } = await endOf(jobs, { supervisord });
    expect(status).toBe(6);
    expect(log).not.toContain("spawned: 'b'");
  });

  test('is not reached by a restart of the last program, as supervisorctl does it', async () => {
    const { status } = await endOf(other, {
      supervisord,
      act: async (daemon) => {
        const restarted = await daemon.supervisorctl('restart', 'other');
        expect(restarted.stdout).toBe('other: stopped\nother: started\n');
        await eventually(async () => (await daemon.states())['other'] === 'RUNNING', { what: 'it to run' });
        await daemon.supervisorctl('shutdown');
      },
    });
    expect(status).toBe(0);
  });
});
