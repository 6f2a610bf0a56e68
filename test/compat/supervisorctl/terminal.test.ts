// The shell at a terminal: prompts, completion, history, passwords, Ctrl-C. Both clients play the same scenes;
// what their line editors draw differs, what they say does not.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, rmSync } from 'node:fs';
import { Conversation } from '../../support/conversation.ts';
import { Daemon, original } from '../../support/daemon.ts';
import { freePort } from '../../support/free-port.ts';
import { originalClient, ourClient } from './stage.ts';

const ctrlC = '\x03';
const ctrlD = '\x04';
const up = '\x1b[A';

const clients = [
  { name: 'the original', command: originalClient },
  { name: 'ours', command: ourClient },
];

let daemon: Daemon;
let lockedPort: number;

beforeAll(async () => {
  lockedPort = await freePort();
  daemon = await Daemon.start({
    executable: original,
    environment: { LOCKED_PORT: String(lockedPort) },
    config: `
history_file=%(here)s/history
[inet_http_server:locked]
port=127.0.0.1:%(ENV_LOCKED_PORT)s
username=admin
password=secret
[program:cat]
command=/bin/cat
startsecs=0
[program:worker]
command=/bin/sleep 1000
startsecs=0
process_name=number%(process_num)s
numprocs=2
[program:slow]
command=/bin/sleep 1000
autostart=false
startsecs=600
`,
  });
});
afterAll(() => daemon.stop());

for (const { name, command } of clients) {
  const enter = (...args: string[]): Conversation =>
    Conversation.atTerminal([...command, '-c', daemon.configPath, ...args]);

  describe(`the shell of ${name}`, () => {
    test('shows the status, prompts, obeys, and leaves with status 0 on Ctrl-D', async () => {
      const shell = enter();
      await shell.sees('worker:number0');
      await shell.sees('supervisor> ');
      shell.types('version\n');
      await shell.sees('4.2.5');
      shell.types('status nosuch\n');
      await shell.sees('nosuch: ERROR (no such process)');
      await shell.sees('supervisor> ', 3);
      await shell.endsWith('supervisor> ');
      shell.types(ctrlD);
      expect((await shell.ended()).status).toBe(0);
    });

    test('leaves on Ctrl-C at the prompt', async () => {
      const shell = enter();
      await shell.sees('supervisor> ');
      shell.types(`half a li${ctrlC}`);
      expect((await shell.ended()).status).toBe(0);
    });

    test('comes back to the prompt when Ctrl-C ends a tail -f', async () => {
      const shell = enter();
      await shell.sees('supervisor> ');
      shell.types('tail -f cat\n');
      await shell.sees('==> Press Ctrl-C to exit <==');
      shell.types(ctrlC);
      await shell.sees('supervisor> ', 2);
      shell.types('pid nosuch\n');
      await shell.sees('No such process nosuch');
      shell.types('quit\n');
      expect((await shell.ended()).status).toBe(0);
    });

    test('is left by Ctrl-C while a command waits', async () => {
      const shell = enter();
      await shell.sees('supervisor> ');
      shell.types('start slow\n');
      await Conversation.withPipes([...originalClient, '-c', daemon.configPath, 'status', 'slow']).ended();
      await shell.sees('start slow\n');
      shell.types(ctrlC);
      expect((await shell.ended()).status).toBe(0);
      await Conversation.withPipes([...originalClient, '-c', daemon.configPath, 'stop', 'slow']).ended();
    });

    test('completes commands and the names of processes and groups', async () => {
      const shell = enter();
      await shell.sees('supervisor> ');
      shell.types('stat');
      shell.types('\t');
      await shell.sees('> status ');
      shell.types('wor');
      shell.types('\t');
      await shell.sees('> status worker:');
      // GNU readline lists at the second request only.
      shell.types(command === originalClient ? '\t\t' : '\t');
      await shell.sees('worker:number1', 2);
      shell.types('number1');
      shell.types('\n');
      await shell.sees('> status worker:number1\nworker:number1');
      await shell.endsWith('supervisor> ');
      shell.types(ctrlD);
      await shell.ended();
    });

    test('survives Enter right behind a Tab', async () => {
      const shell = enter();
      await shell.sees('supervisor> ');
      for (const turn of [2, 3, 4]) {
        shell.types('pid no');
        await shell.sees('pid no', turn - 1);
        shell.types('\t\n');
        await shell.sees('No such process no', turn - 1);
        await shell.sees('supervisor> ', turn);
      }
      shell.types('version\n');
      await shell.sees('4.2.5');
      await shell.endsWith('supervisor> ');
      shell.types(ctrlD);
      expect((await shell.ended()).status).toBe(0);
    });

    test('runs pasted lines one after the other', async () => {
      const shell = enter();
      await shell.sees('supervisor> ');
      shell.types('pid first\npid second\npid thi');
      await shell.sees('No such process second');
      await shell.sees('supervisor> ', 3);
      shell.types('rd\n');
      await shell.sees('No such process third');
      await shell.endsWith('supervisor> ');
      shell.types(ctrlD);
      await shell.ended();
    });

    test('keeps its history in the file that the configuration names', async () => {
      rmSync(daemon.path('history'), { force: true });
      const first = enter();
      await first.sees('supervisor> ');
      first.types('pid remembered\n');
      await first.sees('No such process remembered');
      await first.endsWith('supervisor> ');
      first.types(ctrlD);
      await first.ended();
      expect(daemon.read('history')).toBe('pid remembered\n');

      const second = enter();
      await second.sees('supervisor> ');
      second.types(`${up}\n`);
      await second.sees('No such process remembered');
      second.types('version\n');
      await second.sees('4.2.5');
      await second.endsWith('supervisor> ');
      second.types(ctrlD);
      await second.ended();
      expect(daemon.read('history')).toEndWith('pid remembered\nversion\n');
      expect(existsSync(daemon.path('history'))).toBe(true);
    });

    test('asks for a name and a password until the server is content, and does not show the password', async () => {
      const shell = enter('-s', `http://127.0.0.1:${lockedPort}`);
      await shell.sees('Server requires authentication');
      await shell.sees('Username:');
      shell.types('admin\n');
      await shell.sees('Password:');
      shell.types('wrong\n');
      await shell.sees('Username:', 2);
      shell.types('admin\n');
      await shell.sees('Password:', 2);
      shell.types('secret\n');
      await shell.sees('worker:number0');
      shell.types('version\n');
      await shell.sees('4.2.5');
      await shell.endsWith('supervisor> ');
      shell.types(ctrlD);
      expect((await shell.ended()).stdout).not.toContain('secret');
    });

    test('lets fg type to a process at the terminal', async () => {
      const shell = enter('fg', 'cat');
      await shell.sees('==> Press Ctrl-C to exit <==');
      shell.types('echoed\n');
      await shell.sees('echoed', 2);
      shell.types(ctrlC);
      await shell.sees('Exiting foreground');
      if (command === originalClient) shell.signal('SIGKILL');
      else expect((await shell.ended()).status).toBe(0);
    });

    test('asks before a shutdown with -i', async () => {
      const client = enter('-i', 'shutdown');
      await client.sees('Really shut the remote supervisord process down y/N? ');
      client.types('no\n');
      expect((await client.ended()).status).toBe(0);
    });
  });
}
