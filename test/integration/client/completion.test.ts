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

  test('is offered the options of each command, from its help', async () => {
    expect(await offered('tsupervisor graph -')).toEqual(['--configuration', '--format', '--lang', '--help']);
    expect(await offered('tsupervisor start cat --n')).toEqual(['--no-wait']);
    expect(await offered('tsupervisor supervisord --noda')).toEqual(['--nodaemon']);
    expect(await offered('tsupervisor supervisorctl --server')).toEqual(['--serverurl']);
    expect(await offered('tsupervisor nosuch --')).toEqual([]);
  });

  test('is offered the values of options', async () => {
    expect(await offered('tsupervisor graph --format ')).toEqual(['text', 'dot', 'mermaid', 'json']);
    expect(await offered('tsupervisor echo-conf --format m')).toEqual(['markdown']);
    expect(await offered('tsupervisor check --lang ')).toEqual(['en', 'zh']);
  });

  test('is offered the actions of supervisorctl, and their arguments', async () => {
    expect(await offered('tsupervisor supervisorctl re')).toEqual(['reload', 'remove', 'reread', 'restart']);
    const asked = `tsupervisor supervisorctl -c ${daemon.configPath}`;
    expect(await offered(`${asked} start c`)).toEqual(['cat']);
    expect(await offered(`${asked} update w`)).toEqual(['worker']);
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
