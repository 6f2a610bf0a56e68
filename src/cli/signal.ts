// `tsupervisor signal`: sends a signal to processes.
import { processName } from '../client/process-info.ts';
import { print } from './output.ts';
import { faultOf } from './shared/fault-of.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { selectProcesses } from './shared/select.ts';
import { coloured } from './shared/style.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('signal', 'Send a signal to processes, without waiting for its effect.')
    .argument('<signal>', 'HUP, SIGUSR1, 10, ...')
    .argument('<name...>', "names, groups, 'all', or shell patterns over the names")
    .action(async (signal, patterns, options) => {
      status = await withServer(options, async (client) => {
        const { processes, unmatched } = await selectProcesses(client, patterns);
        let failed = false;
        for (const name of processes.map(processName)) {
          const fault = await faultOf(client.signalProcess(name, signal));
          if (fault) failed = true;
          print(
            `${name}: ${fault ? coloured(`FAILED (${fault.text})`, 'red') : coloured('signalled', 'green')}`,
          );
        }
        if (failed) return exitStatuses.failed;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}
