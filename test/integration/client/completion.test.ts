// The completion scripts, in the shell they are for.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { dirname } from 'node:path';
import { Daemon, ours, run } from '../../support/daemon.ts';

/** A name that would do harm if a shell evaluated it. */
const harmful = '$(touch$IFS.hacked)';

const config = `
[program:cat]
command=/bin/cat
startsecs=0
[program:${harmful}]
command=/bin/cat
[program:worker]
command=/bin/sleep 1000
process_name=number%(process_num)s
numprocs=2
`;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start({ config });
});
afterAll(() => daemon.stop());

/** What bash would offer for a line. */
async function offered(line: string): Promise<string[]> {
  const script = `
    PATH=${dirname(ours[0])}:$PATH
    eval "$(tsupervisor completion bash)"
    COMP_LINE=$1 COMP_POINT=\${#1}
    _tsupervisor
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await run(['/bin/bash', '-c', script, 'bash', line], { cwd: daemon.directory });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  test('is offered the commands', async () => {
    expect(await offered('tsupervisor sta')).toEqual(['status', 'start']);
    expect(await offered('tsupervisor ')).toContain('supervisorctl');
  });

  test('is offered the names that the running daemon has', async () => {
    expect(await offered(`tsupervisor start -c ${daemon.configPath} c`)).toEqual(['cat']);
    expect(await offered(`tsupervisor stop -c ${daemon.configPath} cat w`)).toEqual([
      'worker:number0',
      'worker:\\*',
      'worker:number1',
    ]);
    expect(await offered(`tsupervisor stop -c ${daemon.configPath} worker:n`)).toEqual([
      'number0',
      'number1',
    ]);
    expect(await offered(`tsupervisor update -c ${daemon.configPath} w`)).toEqual(['worker']);
  });

  test('gets names quoted and never runs them', async () => {
    expect(await offered(`tsupervisor start -c ${daemon.configPath} $`)).toEqual([
      '\\$\\(touch\\$IFS.hacked\\)',
    ]);
    expect((await run(['/bin/ls', '-a', daemon.directory])).stdout).not.toMatch(/^\.hacked$/m);
  });

  test('is offered nothing without a daemon', async () => {
    expect(await offered('tsupervisor start -s unix:///nonexistent ')).toEqual([]);
  });
});

test('there is a script for zsh and fish too, and for nothing else', async () => {
  for (const shell of ['zsh', 'fish']) {
    const { status, stdout } = await run([ours[0], 'completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain('completion words');
  }
  expect((await run([ours[0], 'completion', 'csh'])).status).toBe(2);
});
