// tail -f, maintail -f and fg: output as it comes, until Ctrl-C or the end of the server.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { clientOf } from '../../support/client.ts';
import { Conversation, type Ended } from '../../support/conversation.ts';
import type { Daemon } from '../../support/daemon.ts';
import { expectAlike, originalPair, otherPairs, type Pair, Stage } from './stage.ts';

const config = `
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.log
[program:victim]
command=/bin/cat
startsecs=0
`;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({ config }, [originalPair, ...otherPairs]);
});
afterAll(() => stage.strike());

/** Lets each pair play `act` and expects from all what the first shows. */
async function alike(act: (pair: Pair, daemon: Daemon) => Promise<Ended>): Promise<Ended> {
  return expectAlike(stage, await Promise.all(stage.scenes.map(({ pair, daemon }) => act(pair, daemon))));
}

function converse(pair: Pair, daemon: Daemon, ...args: string[]): Conversation {
  return Conversation.withPipes([...pair.client, '-c', daemon.configPath, ...args]);
}

async function write(daemon: Daemon, text: string): Promise<void> {
  const client = clientOf(daemon);
  await client.sendStdin('cat', text);
  client.close();
}

describe('tail -f', () => {
  test('prints the end of the log, then what is added, and ends with a new line on Ctrl-C', async () => {
    const { status, stdout } = await alike(async (pair, daemon) => {
      await write(daemon, 'written before\n');
      const tail = converse(pair, daemon, 'tail', '-f', 'cat');
      await tail.sees('written before\n');
      await write(daemon, 'written after, schön\n');
      await tail.sees('written after, schön\n');
      await tail.sleeps();
      tail.signal('SIGINT');
      return tail.ended();
    });
    expect(status).toBe(0);
    expect(stdout).toBe('==> Press Ctrl-C to exit <==\nwritten before\nwritten after, schön\n\n');
  });

  test('goes on with the new file after the log was cleared', async () => {
    const { stdout } = await alike(async (pair, daemon) => {
      const tail = converse(pair, daemon, 'tail', '-f', 'cat', 'stdout');
      await tail.sees('written after, schön\n');
      await converse(pair, daemon, 'clear', 'cat').ended();
      await write(daemon, 'written anew\n');
      await tail.sees('written anew\n');
      await tail.sleeps();
      tail.signal('SIGINT');
      return tail.ended();
    });
    expect(stdout).toEndWith('schön\nwritten anew\n\n');
  });
});

describe('maintail -f', () => {
  test('prints the end of the activity log and what is added to it', async () => {
    for (const { pair, daemon } of stage.scenes) {
      const maintail = converse(pair, daemon, 'maintail', '-f');
      await maintail.sees('==> Press Ctrl-C to exit <==\n');
      await maintail.sees("INFO spawned: 'victim'");
      await converse(pair, daemon, 'stop', 'cat').ended();
      await maintail.sees(': cat (terminated by SIGTERM)');
      await converse(pair, daemon, 'start', 'cat').ended();
      await maintail.sleeps();
      maintail.signal('SIGINT');
      expect(await maintail.ended()).toMatchObject({ status: 0, stderr: '' });
    }
  });
});

describe('fg', () => {
  // The original takes up to half a minute to end after its last words, and says more than it means to.
  test('sends what is typed, shows what comes, and leaves the process alone on Ctrl-C', async () => {
    for (const { pair, daemon } of stage.scenes) {
      const fg = converse(pair, daemon, 'fg', 'cat');
      await fg.sees('==> Press Ctrl-C to exit <==\n');
      fg.types('hello\n');
      await fg.sees('hello\n');
      fg.types('again\n');
      await fg.sees('again\n');
      fg.signal('SIGINT');
      await fg.sees('Exiting foreground\n');
      if (isOriginal(pair)) {
        fg.signal('SIGKILL');
        continue;
      }
      const { status, stdout } = await fg.ended();
      expect(status).toBe(0);
      expect(stdout).toEndWith('hello\nagain\nExiting foreground\n');
      expect((await converse(pair, daemon, 'status', 'cat').ended()).stdout).toContain('RUNNING');
    }
  });

  test('ends when the process does', async () => {
    for (const { pair, daemon } of stage.scenes) {
      const fg = converse(pair, daemon, 'fg', 'victim');
      await fg.sees('==> Press Ctrl-C to exit <==\n');
      fg.types('the only line\n');
      await fg.sees('the only line\n');
      await converse(pair, daemon, 'stop', 'victim').ended();
      fg.types('one too many\n');
      await fg.sees('Process got killed\nExiting foreground\n');
      if (isOriginal(pair)) fg.signal('SIGKILL');
      else expect((await fg.ended()).status).toBe(0);
    }
  });

  test('ends with its input', async () => {
    for (const { pair, daemon } of stage.scenes.filter((scene) => !isOriginal(scene.pair))) {
      const fg = converse(pair, daemon, 'fg', 'cat');
      await fg.sees('==> Press Ctrl-C to exit <==\n');
      fg.endsInput();
      expect(await fg.ended()).toMatchObject({ status: 0 });
      expect(fg.printed).toEndWith('Exiting foreground\n');
    }
  });
});

describe('the end of the server', () => {
  test('ends what is followed, silently', async () => {
    const { status, stdout, stderr } = await alike(async (pair, daemon) => {
      const tail = converse(pair, daemon, 'tail', '-f', 'cat');
      await tail.sees('==> Press Ctrl-C to exit <==\n');
      await write(daemon, 'the last line\n');
      await tail.sees('the last line\n');
      daemon.subprocess.kill('SIGTERM');
      return tail.ended();
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toEndWith('the last line\n');
  });
});

function isOriginal({ client }: Pair): boolean {
  return client === originalPair.client;
}
