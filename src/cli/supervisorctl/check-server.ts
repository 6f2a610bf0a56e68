// The check at the start of most commands: is there a server, and is its API version ours?
import { ConnectionError } from '../../client/connection.ts';
import { FaultError } from '../../client/rpc-client.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print } from '../output.ts';
import { exitStatuses, type Session, withClient } from './session.ts';

const knownApiVersion = '3.0';

/** False, after printing the reason and setting the exit status, if the command cannot proceed. */
export async function serverIsUp(session: Session): Promise<boolean> {
  try {
    let version = '';
    await withClient(session, async (client) => {
      version = await client.apiVersion();
    });
    if (version === knownApiVersion) return true;
    print(
      `Sorry, this version of supervisorctl expects to talk to a server with API version ${knownApiVersion}, ` +
        `but the remote version is ${version}.`,
    );
    session.exitStatus = exitStatuses.wrongVersion;
  } catch (error) {
    explain(session, error);
  }
  return false;
}

function explain(session: Session, error: unknown): void {
  if (error instanceof FaultError && error.code === faultCodes.UNKNOWN_METHOD) {
    print(
      'Sorry, supervisord responded but did not recognize the supervisor namespace commands that ' +
        'supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is ' +
        'enabled in the configuration file (see sample.conf).',
    );
    session.exitStatus = exitStatuses.notRunningStatus;
  } else if (error instanceof ConnectionError && error.code === 'ECONNREFUSED') {
    print(`${session.server.url} refused connection`);
    session.exitStatus = exitStatuses.unreachable;
  } else if (error instanceof ConnectionError && error.code === 'ENOENT') {
    print(`${session.server.url} no such file`);
    session.exitStatus = exitStatuses.noSocket;
  } else {
    throw error;
  }
}
