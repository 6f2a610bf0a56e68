// fg: shows the output of a process as it arrives, and sends typed lines to its standard input.
import { followStream } from '../../client/follow-stream.ts';
import { FaultError } from '../../client/rpc-client.ts';
import type { Channel, SupervisorClient } from '../../client/supervisor-client.ts';
import { words } from '../../python/text.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print, write } from '../output.ts';
import { untilInterrupted } from '../shared/interrupt.ts';
import { serverIsUp } from './check-server.ts';
import { type Command, fail, type Session, withClient } from './session.ts';
import { explainEnd } from './tail.ts';
import { faultText } from './unexpected-error.ts';

export const fg: Command = {
  help: ['fg <process>\tWatch a process and type to it', '\t\tCtrl-C leaves it running'],
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const [name, ...others] = words(argument);
    if (name === undefined) {
      fail(session, 'ERROR: no process name supplied');
      for (const line of fg.help) print(line);
      return;
    }
    if (others.length > 0) return fail(session, 'ERROR: too many process names supplied');
    await withClient(session, async (client) => {
      if (await isRunning(session, client, name)) await holdForeground(session, client, name);
    });
  },
};

const runningCode = 20;

async function isRunning(session: Session, client: SupervisorClient, name: string): Promise<boolean> {
  try {
    const { state } = await client.process(name);
    if (state !== runningCode) fail(session, 'ERROR: process not running');
    return state === runningCode;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    if (error.code === faultCodes.BAD_NAME) fail(session, 'ERROR: bad process name supplied');
    else print(`ERROR: ${faultText(error)}`);
    return false;
  }
}

async function holdForeground(session: Session, client: SupervisorClient, name: string): Promise<void> {
  print('==> Press Ctrl-C to exit <==');
  await untilInterrupted(async (interrupted) => {
    const left = new AbortController();
    interrupted.addEventListener('abort', () => left.abort());
    const outputs = [
      followOutput(session, name, 'stdout', left),
      followOutput(session, name, 'stderr', left),
    ];
    try {
      await typeTo(session, client, name, left.signal);
    } finally {
      left.abort();
      await Promise.all(outputs);
    }
  });
  print('Exiting foreground');
}

async function followOutput(
  session: Session,
  name: string,
  channel: Channel,
  left: AbortController,
): Promise<void> {
  const path = `/logtail/${name}/${channel}`;
  const end = await followStream(session.server, path, (bytes) => write(1, bytes), left.signal);
  explainEnd(session.server.url + path, end);
}

/** Ends with the input, on Ctrl-C, or when the process has exited. */
async function typeTo(
  session: Session,
  client: SupervisorClient,
  name: string,
  left: AbortSignal,
): Promise<void> {
  for (;;) {
    const line = await session.questions.ask('', left);
    if (line === null) return;
    try {
      await client.sendStdin(name, `${line}\n`);
      if ((await client.process(name)).state === runningCode) continue;
      return print('Process got killed');
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      return print(
        error.code === faultCodes.NOT_RUNNING ? 'Process got killed' : `ERROR: ${faultText(error)}`,
      );
    }
  }
}
