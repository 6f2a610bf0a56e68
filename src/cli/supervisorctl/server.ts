// reload, shutdown, open, version: commands for the whole server.
import { ConnectionError } from '../../client/connection.ts';
import { FaultError } from '../../client/rpc-client.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print } from '../output.ts';
import { serverIsUp } from './check-server.ts';
import { type Command, fail, misuse, type Session, withClient } from './session.ts';
import { status } from './status.ts';
import { CommandError } from './unexpected-error.ts';

export const version: Command = {
  help: ['version\t\t\tShow the version of supervisord'],
  async run(session, argument) {
    if (argument !== '') return misuse(session, 'version accepts no arguments', version.help);
    if (!(await serverIsUp(session))) return;
    await withClient(session, async (client) => print(await client.supervisorVersion()));
  },
};

export const open: Command = {
  help: ['open <url>\tTalk to another supervisord', '\t\t(a unix domain socket is unix:///its/path)'],
  async run(session, argument) {
    if (!/^(http|unix):/i.test(argument)) {
      return fail(session, 'ERROR: url must be http:// or unix://');
    }
    session.server = { ...session.server, url: argument };
    const before = session.exitStatus;
    await status.run(session, '');
    session.exitStatus = before;
  },
};

export const reload: Command = {
  help: ['reload \t\tRestart supervisord'],
  async run(session, argument) {
    if (argument !== '') return misuse(session, 'reload accepts no arguments', reload.help);
    if (!(await confirmed(session, 'Really restart the remote supervisord process y/N? '))) return;
    await withClient(session, async (client) => {
      try {
        await client.restart();
        print('Restarted supervisord');
      } catch (error) {
        if (!isShuttingDown(error)) throw error;
        fail(session, 'ERROR: already shutting down');
      }
    });
  },
};

export const shutdown: Command = {
  help: ['shutdown \tStop every process, then supervisord'],
  async run(session, argument) {
    if (argument !== '') return misuse(session, 'shutdown accepts no arguments', shutdown.help);
    if (!(await confirmed(session, 'Really shut the remote supervisord process down y/N? '))) return;
    await withClient(session, async (client) => {
      try {
        await client.shutdown();
        print('Shut down');
      } catch (error) {
        explainFailedShutdown(session, error);
      }
    });
  },
};

function explainFailedShutdown(session: Session, error: unknown): void {
  const { url } = session.server;
  if (isShuttingDown(error)) {
    print('ERROR: already shutting down');
  } else if (error instanceof ConnectionError && error.code === 'ECONNREFUSED') {
    fail(session, `ERROR: ${url} refused connection (already shut down?)`);
  } else if (error instanceof ConnectionError && error.code === 'ENOENT') {
    fail(session, `ERROR: ${url} no such file (already shut down?)`);
  } else {
    throw error;
  }
}

function isShuttingDown(error: unknown): boolean {
  return error instanceof FaultError && error.code === faultCodes.SHUTDOWN_STATE;
}

async function confirmed(session: Session, question: string): Promise<boolean> {
  if (!session.interactive) return true;
  const answer = await session.questions.ask(question);
  if (answer === null) throw new CommandError('EOFError', 'EOF when reading a line');
  return /^y/i.test(answer);
}
