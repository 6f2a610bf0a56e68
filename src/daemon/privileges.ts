// Drops root when configured and raises resource limits that are too low.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config, SupervisordConfig } from '../config/config.ts';
import { asUser, becomeUser, currentUid, type UserIdentity } from '../linux/credentials.ts';
import { SyscallError } from '../linux/errno.ts';
import { RLIMIT_NOFILE, RLIMIT_NPROC, raiseLimit } from '../linux/limits.ts';
import { isSystemError } from '../linux/system-error.ts';
import { StartError } from './start-error.ts';

/** A line for the activity log, which is not open yet. */
export interface EarlyLine {
  readonly level: 'critical' | 'info';
  readonly message: string;
}

const runningAsRoot =
  'Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.' +
  '  If you intend to run as root, you can set user=root in the config file to avoid this message.';

/** Switches to the configured user permanently. Throws StartError if that is not permitted. */
export function dropPrivileges({ user }: SupervisordConfig): EarlyLine[] {
  if (user === null) return currentUid() === 0 ? [{ level: 'critical', message: runningAsRoot }] : [];
  const done: EarlyLine = { level: 'info', message: `Set uid to user ${user.uid} succeeded` };
  if (currentUid() === user.uid) return [done];
  if (currentUid() !== 0) throw new StartError("Can't drop privilege as nonroot user");
  try {
    becomeUser(user);
  } catch (error) {
    if (error instanceof SyscallError)
      throw new StartError(`Could not become user ${user.name}: ${error.message}`);
    throw error;
  }
  return [done];
}

/**
 * The same for a running daemon that reads its configuration again. Root cannot be regained, so it first checks that
 * the user can open what the daemon needs; `config.servers` are those that it opens itself. Throws StartError.
 */
export function dropPrivilegesLater(config: Config): EarlyLine[] {
  const { user } = config.supervisord;
  // From here on that user's processes are allowed to signal and trace us.
  if (user !== null && user.uid !== 0 && currentUid() === 0) asUser(user, () => requireAccess(config, user));
  return dropPrivileges(config.supervisord);
}

function requireAccess(config: Config, { name }: UserIdentity): void {
  for (const path of neededPlaces(config)) {
    try {
      accessSync(path, constants.W_OK);
    } catch (error) {
      if (isSystemError(error)) throw new StartError(`${name} may not write ${path} (${error.code})`);
      throw error;
    }
  }
}

/** The files, or directories of new files, that a daemon needs to start. */
function neededPlaces({ supervisord, servers, groups }: Config): string[] {
  const { logfile, childlogdir } = supervisord;
  const hasAutoLog = groups
    .flatMap(({ processes }) => processes)
    .some(({ stdout, stderr }) => stdout.logfile.kind === 'auto' || stderr.logfile.kind === 'auto');
  return [
    ...(logfile.kind === 'file' ? [existsSync(logfile.path) ? logfile.path : dirname(logfile.path)] : []),
    ...(hasAutoLog ? [childlogdir] : []),
    ...servers.flatMap((server) => (server.kind === 'unix' ? [dirname(server.path)] : [])),
  ];
}

/** Applies minfds and minprocs. Throws StartError if the kernel refuses. */
export function raiseLimits({ minfds, minprocs }: SupervisordConfig): EarlyLine[] {
  return [
    ...raise(RLIMIT_NOFILE, 'RLIMIT_NOFILE', minfds, tooFewDescriptors),
    ...raise(RLIMIT_NPROC, 'RLIMIT_NPROC', minprocs, tooFewProcesses),
  ];
}

function raise(
  resource: number,
  name: string,
  minimum: number,
  refusal: (minimum: number, hard: bigint) => string,
): EarlyLine[] {
  const raised = raiseLimit(resource, minimum);
  switch (raised.outcome) {
    case 'enough':
      return [];
    case 'raised':
      return [{ level: 'info', message: `Increased ${name} limit to ${minimum}` }];
    case 'refused':
      throw new StartError(refusal(minimum, raised.hard));
  }
}

function tooFewDescriptors(minimum: number, hard: bigint): string {
  return (
    `The minimum number of file descriptors required to run this process is ${minimum} as per the "minfds"` +
    ` command-line argument or config file setting. The current environment will only allow you to open ${hard}` +
    ' file descriptors.  Either raise the number of usable file descriptors in your environment (see README.rst)' +
    ' or lower the minfds setting in the config file to allow the process to start.'
  );
}

function tooFewProcesses(minimum: number, hard: bigint): string {
  return (
    `The minimum number of available processes required to run this program is ${minimum} as per the "minprocs"` +
    ` command-line argument or config file setting. The current environment will only allow you to open ${hard}` +
    ' processes.  Either raise the number of usable processes in your environment (see README.rst) or lower the' +
    ' minprocs setting in the config file to allow the program to start.'
  );
}
