// Generates the unit file from a few options.
// Why each line is as it is: docs/systemd.md. Knows neither D-Bus nor where unit files are installed.
import { stringify } from 'ini';
import { serviceConfigPaths } from '../config/locate-config.ts';

export interface UnitOptions {
  readonly scope: 'system' | 'user';
  /** Without `.service`. */
  readonly name: string;
  readonly executable: string;
  /** Null: the service's default (/etc/supervisord.conf, or the file of Debian's supervisor). */
  readonly configPath: string | null;
  /** 0 for no watchdog. */
  readonly watchdogSeconds: number;
}

/** The options do not make a valid unit. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
}

export const defaultUnit = {
  scope: 'system',
  name: 'tsupervisor',
  executable: '/usr/bin/tsupervisor',
  configPath: null,
  watchdogSeconds: 180,
} as const satisfies UnitOptions;

/** `%h` is the home directory of the user whose manager it is. */
export const defaultUserConfigPath = '%h/.config/supervisord.conf';

/** The text of NAME.service. Throws UnitError. */
export function unitText(options: UnitOptions): string {
  requireName(options.name);
  requireSeconds(options.watchdogSeconds);
  requirePlainPath(options.executable, 'executable');
  if (options.configPath !== null) requirePlainPath(options.configPath, 'configuration file');
  const sections = {
    Unit: unitSection(options),
    Service: serviceSection(options),
    Install: { WantedBy: options.scope === 'system' ? 'multi-user.target' : 'default.target' },
  };
  return `${header(options)}\n${stringify(sections, { bracketedArray: false })}`;
}

/** Whether it can run beside the machine's supervisord, since its sockets and programs differ. */
export function hasOwnConfig({ scope, configPath }: Pick<UnitOptions, 'scope' | 'configPath'>): boolean {
  const shared: readonly string[] = serviceConfigPaths;
  return scope === 'user' || (configPath !== null && !shared.includes(configPath));
}

function header({ scope, name }: UnitOptions): string {
  const user = scope === 'user' ? ' --user' : '';
  return (
    '# Made by `tsupervisor unit`. For changes of your own, leave it as it is and use a drop-in:\n' +
    `#   systemctl${user} edit ${name}\n`
  );
}

function unitSection({ scope }: UnitOptions): Record<string, string> {
  const common = {
    Description: 'tsupervisor process manager',
    Documentation: 'man:tsupervisor(1) man:supervisord.conf(5)',
  };
  const restarts = { StartLimitIntervalSec: '0' };
  if (scope === 'user') return { ...common, ...restarts };
  return { ...common, After: 'network.target remote-fs.target nss-user-lookup.target', ...restarts };
}

/** Exit status for an unusable configuration. */
const refusedStatus = 2;

function serviceSection(options: UnitOptions): Record<string, string> {
  const { scope, name, executable, configPath, watchdogSeconds } = options;
  const config = configPath === null ? '' : ` -c ${configPath}`;
  return {
    Type: 'notify',
    NotifyAccess: 'main',
    ExecStart: `${executable} run${config}`,
    ExecReload: `${executable} update${config}`,
    WatchdogSec: String(watchdogSeconds),
    WatchdogSignal: 'SIGTERM',
    TimeoutAbortSec: '30',
    Restart: 'on-failure',
    RestartSec: '1',
    RestartSteps: '5',
    RestartMaxDelaySec: '30',
    RestartPreventExitStatus: String(refusedStatus),
    TimeoutStartSec: '90',
    TimeoutStopSec: '90',
    KillMode: 'mixed',
    Delegate: 'yes',
    OOMPolicy: 'continue',
    TasksMax: 'infinity',
    ...(scope === 'user' ? { RuntimeDirectory: name, RuntimeDirectoryPreserve: 'yes' } : {}),
  };
}

function requireName(name: string): void {
  if (/^[A-Za-z0-9:_.-]+$/.test(name) && !name.endsWith('.service') && name.length < 240) return;
  throw new UnitError(`'${name}' is no name for a service: letters, digits and :_.- without .service`);
}

function requireSeconds(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0) return;
  throw new UnitError(`the watchdog takes whole seconds, 0 for none, not '${seconds}'`);
}

/** Refuse paths that would need quoting in Exec lines: they are rare, and a quoting mistake is costly. */
function requirePlainPath(path: string, what: string): void {
  const plain = /^(?:%h)?\/[A-Za-z0-9_./@:+,~-]+$/;
  if (plain.test(path)) return;
  throw new UnitError(
    `the ${what} of a unit has to be an absolute path of letters, digits and _./@:+,~-: '${path}'`,
  );
}
