// Options shared by unit, install and uninstall: the service, and the systemd instance (system or user).
import type { Command } from '@commander-js/extra-typings';
import { defaultUnit, defaultUserConfigPath, type UnitOptions } from '../../systemd/unit.ts';
import { write } from '../output.ts';

export interface GivenUnitOptions {
  readonly user?: true;
  readonly name: string;
  readonly config?: string;
  readonly watchdog: number;
}

/** For commands that only need to identify the service. */
export function withServiceOptions(command: Command) {
  return command
    .option('--user', 'a user service instead of a system service')
    .option('--name <name>', 'the name of the service', defaultUnit.name)
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(1, text), writeErr: (text) => write(2, text) });
}

/** For commands that generate a unit file. */
export function withUnitOptions(command: Command) {
  return withServiceOptions(command)
    .option(
      '--config <file>',
      "the configuration to run (default: /etc/supervisord.conf, or the one of Debian's supervisor)",
    )
    .option(
      '--watchdog <sec>',
      'watchdog timeout in seconds; 0: no watchdog',
      Number,
      defaultUnit.watchdogSeconds,
    );
}

export function unitOptions({ user, name, config, watchdog }: GivenUnitOptions): UnitOptions {
  return {
    ...defaultUnit,
    scope: user ? 'user' : 'system',
    name,
    configPath: config ?? (user ? defaultUserConfigPath : defaultUnit.configPath),
    watchdogSeconds: watchdog,
  };
}
