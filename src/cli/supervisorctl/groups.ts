// avail, reread, update, add, remove: compares the groups of the configuration with the active ones.
import { type ProcessConfigInfo, processName } from '../../client/process-info.ts';
import { FaultError } from '../../client/rpc-client.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import { compareByCodePoint, words } from '../../python/text.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print } from '../output.ts';
import { type Command, fail, misuse, type Session, withClient } from './session.ts';

export const avail: Command = {
  help: ['avail\t\t\tShow every configured process, active or not'],
  async run(session, argument) {
    if (argument !== '') return misuse(session, 'avail accepts no arguments', avail.help);
    await withClient(session, async (client) => {
      const processes = await unless(session, shuttingDown, client.allConfigInfo());
      for (const process of processes ?? []) print(availabilityLine(process));
    });
  },
};

export const reread: Command = {
  help: ['reread \t\t\tRead the configuration again and show what an update would do'],
  async run(session, argument) {
    if (argument !== '') return misuse(session, 'reread accepts no arguments', reread.help);
    await withClient(session, async (client) => {
      const answers = new Map([...shuttingDown, [faultCodes.CANT_REREAD, (fault) => `ERROR: ${fault.text}`]]);
      const changes = await unless(session, answers, client.reloadConfig());
      if (changes === null) return;
      const lines = [
        ...changes.added.map((name) => ({ name, what: 'available' })),
        ...changes.changed.map((name) => ({ name, what: 'changed' })),
        ...changes.removed.map((name) => ({ name, what: 'disappeared' })),
      ].sort((a, b) => compareByCodePoint(a.name, b.name));
      for (const { name, what } of lines) print(`${name}: ${what}`);
      if (lines.length === 0) print('No config updates to processes');
    });
  },
};

export const update: Command = {
  help: [
    'update\t\t\tRead the configuration again; add, remove and restart what changed',
    'update all\t\tThe same',
    'update <gname> [...]\tThe same, limited to these groups',
  ],
  async run(session, argument) {
    const names = words(argument);
    const limit = names.length === 0 || names.includes('all') ? null : new Set(names);
    await withClient(session, async (client) => {
      const answers = new Map([[faultCodes.SHUTDOWN_STATE, () => 'ERROR: already shutting down']]);
      const changes = await unless(session, answers, client.reloadConfig());
      if (changes === null) return;
      if (limit) await complainOfUnknownGroups(session, client, limit, changes.added);
      const limited = (group: string): boolean => limit === null || limit.has(group);
      for (const group of changes.removed.filter(limited)) await removeGroup(session, client, group);
      for (const group of changes.changed.filter(limited)) await replaceGroup(client, group);
      for (const group of changes.added.filter(limited)) {
        await client.addProcessGroup(group);
        print(`${group}: added process group`);
      }
    });
  },
};

export const add: Command = {
  help: ['add <name> [...]\tActivate groups that were reread'],
  async run(session, argument) {
    await withClient(session, async (client) => {
      for (const name of words(argument)) {
        const answers: FaultAnswers = new Map([
          [faultCodes.SHUTDOWN_STATE, () => 'ERROR: shutting down'],
          [faultCodes.BAD_NAME, () => `ERROR: no such process/group: ${name}`],
        ]);
        try {
          const added = await unless(
            session,
            answers,
            client.addProcessGroup(name).then(() => true),
          );
          if (added) print(`${name}: added process group`);
        } catch (error) {
          if (!isFault(error, faultCodes.ALREADY_ADDED)) throw error;
          // Already in the desired state, so the exit status is unchanged.
          print('ERROR: process group already active');
        }
      }
    });
  },
};

export const remove: Command = {
  help: ['remove <name> [...]\tDeactivate groups in which nothing runs'],
  async run(session, argument) {
    await withClient(session, async (client) => {
      for (const name of words(argument)) {
        const answers: FaultAnswers = new Map([
          [faultCodes.STILL_RUNNING, () => `ERROR: process/group still running: ${name}`],
          [faultCodes.BAD_NAME, () => `ERROR: no such process/group: ${name}`],
        ]);
        const removed = await unless(
          session,
          answers,
          client.removeProcessGroup(name).then(() => true),
        );
        if (removed) print(`${name}: removed process group`);
      }
    });
  },
};

/** The message for a fault, by its code. */
type FaultAnswers = ReadonlyMap<number, (fault: FaultError) => string>;

const shuttingDown: FaultAnswers = new Map([
  [faultCodes.SHUTDOWN_STATE, () => 'ERROR: supervisor shutting down'],
]);

/** The result of the call, or null after printing the message for one of these faults. */
async function unless<Result>(
  session: Session,
  answers: FaultAnswers,
  call: Promise<Result>,
): Promise<Result | null> {
  try {
    return await call;
  } catch (error) {
    const answer = error instanceof FaultError ? answers.get(error.code) : undefined;
    if (!(error instanceof FaultError) || !answer) throw error;
    fail(session, answer(error));
    return null;
  }
}

function isFault(error: unknown, code: number): boolean {
  return error instanceof FaultError && error.code === code;
}

function availabilityLine(process: ProcessConfigInfo): string {
  const name = processName(process).padEnd(32);
  const inUse = (process.inuse ? 'in use' : 'avail').padEnd(9);
  const start = (process.autostart ? 'auto' : 'manual').padEnd(9);
  return `${name} ${inUse} ${start} ${process.groupPriority}:${process.processPriority}`;
}

async function complainOfUnknownGroups(
  session: Session,
  client: SupervisorClient,
  names: ReadonlySet<string>,
  added: readonly string[],
): Promise<void> {
  const known = new Set(added);
  for (const { group } of await client.allProcesses()) known.add(group);
  for (const name of names) {
    if (!known.has(name)) fail(session, `ERROR: no such group: ${name}`);
  }
}

async function removeGroup(session: Session, client: SupervisorClient, group: string): Promise<void> {
  const results = await client.actOnGroup('stop', group);
  print(`${group}: stopped`);
  if (results.some(({ status }) => status === faultCodes.FAILED)) {
    return fail(session, `${group}: has problems; not removing`);
  }
  await client.removeProcessGroup(group);
  print(`${group}: removed process group`);
}

async function replaceGroup(client: SupervisorClient, group: string): Promise<void> {
  await client.actOnGroup('stop', group);
  print(`${group}: stopped`);
  await client.removeProcessGroup(group);
  await client.addProcessGroup(group);
  print(`${group}: updated process group`);
}
