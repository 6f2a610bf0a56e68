// `tsupervisor unit`: prints the unit file for systemd.
import { Command } from '@commander-js/extra-typings';
import { UnitError, unitText } from '../systemd/unit.ts';
import { runControl } from './control/program.ts';
import { printError, write } from './output.ts';
import { unitOptions, withUnitOptions } from './service/unit-options.ts';

const USAGE_STATUS = 2;

/** Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status = 0;
  const command = withUnitOptions(
    new Command('tsupervisor unit').description('Print the unit file that lets systemd run the daemon.'),
  )
    .option('--executable <path>', 'the program that the unit starts')
    .action(({ executable, ...options }) => {
      try {
        const defaults = unitOptions(options);
        write(1, unitText({ ...defaults, executable: executable ?? defaults.executable }));
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        printError(`tsupervisor unit: ${error.message}`);
        status = USAGE_STATUS;
      }
    });
  return runControl(command, args, () => status);
}
