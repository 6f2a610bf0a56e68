// pid: process ids of supervisord and its children.
import { FaultError } from '../../client/rpc-client.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import { words } from '../../python/text.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print } from '../output.ts';
import { serverIsUp } from './check-server.ts';
import { type Command, exitStatuses, fail, type Session, withClient } from './session.ts';

export const pid: Command = {
  help: [
    'pid\t\t\tShow the process id of supervisord',
    'pid <name>\t\tShow the process id of a process',
    'pid all\t\t\tShow the process id of every process, one on a line',
  ],
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const names = words(argument);
    await withClient(session, async (client) => {
      if (names.length === 0) return print(String(await client.pid()));
      if (names.includes('all')) {
        for (const process of await client.allProcesses()) print(String(process.pid));
        return;
      }
      for (const name of names) await printPid(session, client, name);
    });
  },
};

async function printPid(session: Session, client: SupervisorClient, name: string): Promise<void> {
  try {
    const process = await client.process(name);
    print(String(process.pid));
    if (process.pid === 0) session.exitStatus = exitStatuses.notRunning;
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== faultCodes.BAD_NAME) throw error;
    fail(session, `No such process ${name}`);
  }
}
