// Files that the daemon writes: permissions and free space.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config, ProcessConfig, UserIdentity } from '../../config/config.ts';
import { asUser, currentUid } from '../../linux/credentials.ts';
import { untrustedDirectory } from '../../linux/guarded-path.ts';
import { isSystemError } from '../../linux/system-error.ts';
import type { PlaceView } from '../machine-facts.ts';

/** Checked as `writer`, the daemon's user. */
export function gatherPlaces(config: Config, writer: UserIdentity): PlaceView[] {
  return placesOf(config).map(({ purpose, path, directory, isAdded, isLog }) => ({
    purpose,
    path,
    directory,
    ...obstacle(isAdded && existsSync(path) ? path : directory, directory, writer),
    untrusted: isLog && writer.uid === 0 ? untrustedDirectory(resolve(path)) : null,
    writer: writer.name,
    room: roomIn(directory),
  }));
}

interface WrittenPlace {
  readonly purpose: string;
  readonly path: string;
  readonly directory: string;
  /** If it exists it is opened for writing; otherwise it is created in its directory. */
  readonly isAdded: boolean;
  readonly isLog: boolean;
}

function placesOf({ supervisord, servers, groups }: Config): WrittenPlace[] {
  const { logfile, pidfile, childlogdir } = supervisord;
  const processes = groups.flatMap((group) => group.processes);
  const hasAutoLog = processes.some(({ stdout, stderr }) =>
    [stdout, stderr].some((stream) => stream.logfile.kind === 'auto'),
  );
  return [
    ...(logfile.kind === 'file' ? [log('logfile', logfile.path)] : []),
    file('pidfile', pidfile),
    ...(hasAutoLog
      ? [{ purpose: 'childlogdir', path: childlogdir, directory: childlogdir, isAdded: false, isLog: false }]
      : []),
    ...servers.flatMap((server) =>
      server.kind === 'unix' ? [{ ...file(server.section, server.path), isAdded: false }] : [],
    ),
    ...processes.flatMap(logsOf),
  ].filter(({ path }) => !path.startsWith('/dev/'));
}

function file(purpose: string, path: string): WrittenPlace {
  return { purpose, path, directory: dirname(path), isAdded: true, isLog: false };
}

function log(purpose: string, path: string): WrittenPlace {
  return { ...file(purpose, path), isLog: true };
}

function logsOf({ name, stdout, stderr }: ProcessConfig): WrittenPlace[] {
  return Object.entries({ stdout, stderr }).flatMap(([channel, { logfile }]) =>
    logfile.kind === 'file' ? [log(`${channel}_logfile of ${name}`, logfile.path)] : [],
  );
}

/** `target`: the file, or the directory in which it is created. */
function obstacle(
  target: string,
  directory: string,
  writer: UserIdentity,
): { readonly problem: PlaceView['problem']; readonly blocked: string } {
  if (!existsSync(directory)) return { problem: 'missing', blocked: directory };
  if (target !== directory && isDirectory(target)) return { problem: 'directory', blocked: target };
  return { problem: refusalOf(target, writer), blocked: target };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Checks access as the writer, if permitted; null if all is well or it cannot be determined. */
function refusalOf(path: string, writer: UserIdentity): 'denied' | 'read-only' | null {
  const ask = () => refusal(path);
  if (writer.uid === currentUid()) return ask();
  return currentUid() === 0 ? asUser(writer, ask) : null;
}

function refusal(path: string): 'denied' | 'read-only' | null {
  try {
    accessSync(path, constants.W_OK);
    return null;
  } catch (error) {
    if (isSystemError(error, 'EROFS')) return 'read-only';
    return isSystemError(error, 'EACCES') ? 'denied' : null;
  }
}

function roomIn(directory: string): PlaceView['room'] {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(directory);
    return { bytes: bavail * bsize, inodes: files > 0 ? ffree : null };
  } catch {
    return null;
  }
}
