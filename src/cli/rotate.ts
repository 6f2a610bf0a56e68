// `tsupervisor rotate`: rotates logs now.
import { processName } from '../client/process-info.ts';
import type { SupervisorClient } from '../client/supervisor-client.ts';
import { print } from './output.ts';
import { faultOf } from './shared/fault-of.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { selectProcesses } from './shared/select.ts';
import { coloured } from './shared/style.ts';

interface Rotation {
  readonly name: string;
  readonly begin: () => Promise<void>;
}

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('rotate', 'Rotate logs now; the old files become BASE.1, BASE.2 and so on.')
    .argument('[name...]', "names, groups, or shell patterns over the names; 'all' or none: every log")
    .action(async (patterns, options) => {
      const all = patterns.length === 0 || patterns.includes('all');
      status = await withServer(options, async (client) => {
        const { processes, unmatched } = await selectProcesses(client, all ? ['all'] : patterns);
        const rotations = processes.map(processName).map((name) => rotationOf(client, name));
        const refused = await rotate(all ? [mainLog(client), ...rotations] : rotations);
        if (refused > 0) return exitStatuses.failed;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

function rotationOf(client: SupervisorClient, name: string): Rotation {
  return { name, begin: () => client.rotateLog(name) };
}

function mainLog(client: SupervisorClient): Rotation {
  return { name: 'supervisord', begin: () => client.rotateMainLog() };
}

/** Number of failures. */
async function rotate(rotations: readonly Rotation[]): Promise<number> {
  let failed = 0;
  for (const { name, begin } of rotations) {
    const fault = await faultOf(begin());
    // A daemon that logs to syslog has no log file to rotate.
    if (fault && fault.text !== 'NO_FILE') failed += 1;
    print(`${name}: ${outcome(fault?.text)}`);
  }
  return failed;
}

function outcome(refusal: string | undefined): string {
  if (refusal === undefined) return coloured('rotated', 'green');
  return refusal === 'NO_FILE' ? 'no file' : coloured(`FAILED (${refusal})`, 'red');
}
