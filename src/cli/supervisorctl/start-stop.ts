// start, stop, restart, signal: one operation on the named processes, strictly in order.
import { parseNameSpec } from '../../client/name-spec.ts';
import { processName } from '../../client/process-info.ts';
import { FaultError } from '../../client/rpc-client.ts';
import type { GroupAction, SupervisorClient } from '../../client/supervisor-client.ts';
import { words } from '../../python/text.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print } from '../output.ts';
import { serverIsUp } from './check-server.ts';
import {
  type Outcome,
  type OutcomeWords,
  outcomeOf,
  outcomeOfResult,
  report,
  signalWords,
  startWords,
  stopWords,
} from './outcome.ts';
import { type Command, exitStatuses, misuse, type Session, withClient } from './session.ts';

export const start: Command = {
  help: nameForms('start', 'Start', '\t\t'),
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const names = words(argument);
    if (names.length === 0) {
      return misuse(session, 'start requires a process name', start.help, exitStatuses.invalidArguments);
    }
    await operate(session, names, {
      action: 'start',
      words: startWords,
      unknownGroupStatus: exitStatuses.invalidArguments,
      parameters: [],
      onProcess: (client, name) => client.startProcess(name),
    });
  },
};

export const stop: Command = {
  help: nameForms('stop', 'Stop', '\t\t'),
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const names = words(argument);
    if (names.length === 0) return misuse(session, 'stop requires a process name', stop.help);
    await operate(session, names, {
      action: 'stop',
      words: stopWords,
      unknownGroupStatus: exitStatuses.generic,
      parameters: [],
      onProcess: (client, name) => client.stopProcess(name),
    });
  },
};

export const restart: Command = {
  help: [
    ...nameForms('restart', 'Stop and start', '\t'),
    'Note: the configuration is not read again by this; reread and update do that.',
  ],
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    if (words(argument).length === 0) {
      return misuse(session, 'restart requires a process name', restart.help);
    }
    await stop.run(session, argument);
    await start.run(session, argument);
  },
};

export const signal: Command = {
  help: nameForms('signal <signal name>', 'Signal', '\t\t'),
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const [signalName, ...names] = words(argument);
    if (signalName === undefined || names.length === 0) {
      return misuse(session, 'signal requires a signal name and a process name', signal.help);
    }
    await operate(session, names, {
      action: 'signal',
      words: signalWords,
      unknownGroupStatus: exitStatuses.generic,
      parameters: [signalName],
      onProcess: (client, name) => client.signalProcess(name, signalName),
    });
  },
};

interface Operation {
  readonly action: GroupAction;
  readonly words: OutcomeWords;
  readonly unknownGroupStatus: number;
  /** Further parameters of the group's method. */
  readonly parameters: readonly string[];
  onProcess(client: SupervisorClient, name: string): Promise<void>;
}

/** `all` anywhere among the names stands for all processes and overrides the other names. */
function operate(session: Session, names: readonly string[], operation: Operation): Promise<void> {
  return withClient(session, async (client) => {
    if (names.includes('all')) {
      const results = await client.actOnAll(operation.action, ...operation.parameters);
      for (const result of results) report(session, outcomeOfResult(result), operation.words);
      return;
    }
    for (const name of names) {
      for (const outcome of await operateOn(session, client, name, operation)) {
        report(session, outcome, operation.words);
      }
    }
  });
}

async function operateOn(
  session: Session,
  client: SupervisorClient,
  name: string,
  operation: Operation,
): Promise<Outcome[]> {
  const spec = parseNameSpec(name);
  if (spec.kind === 'process') return [await outcomeOf(processName(spec), operation.onProcess(client, name))];
  try {
    const results = await client.actOnGroup(operation.action, spec.group, ...operation.parameters);
    return results.map(outcomeOfResult);
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== faultCodes.BAD_NAME) throw error;
    print(`${spec.group}: ERROR (no such group)`);
    session.exitStatus = operation.unknownGroupStatus;
    return [];
  }
}

/** `gap` follows the name of a group: scripts split these lines at tabs. */
function nameForms(command: string, verb: string, gap: string): string[] {
  return [
    `${command} <name>\t\t${verb} a process`,
    `${command} <gname>:*${gap}${verb} all processes of a group`,
    `${command} <name> <name>\t${verb} several processes or groups`,
    `${command} all\t\t${verb} all processes`,
  ];
}
