// `tsupervisor unit`: prints the systemd unit file, or that of its sockets.
import { existsSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { ConfigError } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { serviceConfigPaths } from '../config/locate-config.ts';
import { systemHost } from '../config/system-host.ts';
import { socketUnitText } from '../systemd/socket-unit.ts';
import { UnitError, type UnitOptions, unitText } from '../systemd/unit.ts';
import { printError, write } from './output.ts';
import { unitOptions, withUnitOptions } from './service/unit-options.ts';
import { runControl } from './shared/program.ts';

const usageStatus = 2;

/** Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status = 0;
  const command = withUnitOptions(new Command('tsupervisor unit').description('Print the systemd unit file.'))
    .option('--executable <path>', 'the executable that the unit starts')
    .option('--socket', 'print the .socket unit for the servers of the configuration')
    .action(({ executable, socket, ...given }) => {
      try {
        const defaults = unitOptions(given);
        const options = { ...defaults, executable: executable ?? defaults.executable };
        write(1, socket ? socketUnitText(options, serversOf(options)) : unitText(options));
      } catch (error) {
        if (!(error instanceof UnitError || error instanceof ConfigError)) throw error;
        printError(`tsupervisor unit: ${error.message}`);
        status = usageStatus;
      }
    });
  return runControl(command, args, () => status);
}

function serversOf({ configPath }: UnitOptions) {
  const host = systemHost();
  const path = configPath?.replace(/^%h(?=\/)/, host.env.HOME ?? '') ?? serviceConfigPaths.find(existsSync);
  if (path === undefined) throw new UnitError(`no configuration at ${serviceConfigPaths.join(' or ')}`);
  return loadConfig({ path, overrides: {}, host }).servers;
}
