// The files that the daemon writes: whether it may, and how much room there is.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config, ProcessConfig, UserIdentity } from '../../config/config.ts';
import { asUser, currentUid } from '../../linux/credentials.ts';
import { isSystemError } from '../../linux/system-error.ts';
import type { PlaceView } from '../view.ts';

/** As `writer`, the daemon's user. */
export function lookAtPlaces(config: Config, writer: UserIdentity): PlaceView[] {
  return filesOf(config).map(({ purpose, path }) => {
    const directory = dirname(path);
    return {
      purpose,
      path,
      directory,
      ...obstacle(path, directory, writer),
      writer: writer.name,
      room: roomIn(directory),
    };
  });
}

interface WrittenFile {
  readonly purpose: string;
  readonly path: string;
}

function filesOf({ supervisord, servers, groups }: Config): WrittenFile[] {
  const { logfile, pidfile, childlogdir } = supervisord;
  const processes = groups.flatMap((group) => group.processes);
  const hasAutoLog = processes.some(({ stdout, stderr }) =>
    [stdout, stderr].some((stream) => stream.logfile.kind === 'auto'),
  );
  return [
    ...(logfile.kind === 'file' ? [{ purpose: 'logfile', path: logfile.path }] : []),
    { purpose: 'pidfile', path: pidfile },
    ...(hasAutoLog ? [{ purpose: 'childlogdir', path: `${childlogdir}/x` }] : []),
    ...servers.flatMap((server) =>
      server.kind === 'unix' ? [{ purpose: server.section, path: `${server.path}.tmp` }] : [],
    ),
    ...processes.flatMap(logsOf),
  ].filter(({ path }) => !path.startsWith('/dev/'));
}

function logsOf({ name, stdout, stderr }: ProcessConfig): WrittenFile[] {
  return Object.entries({ stdout, stderr }).flatMap(([channel, { logfile }]) =>
    logfile.kind === 'file' ? [{ purpose: `${channel}_logfile of ${name}`, path: logfile.path }] : [],
  );
}

function obstacle(
  path: string,
  directory: string,
  writer: UserIdentity,
): { readonly problem: PlaceView['problem']; readonly blocked: string } {
  if (!existsSync(directory)) return { problem: 'missing', blocked: directory };
  const blocked = existsSync(path) ? path : directory;
  return { problem: refusalOf(blocked, writer), blocked };
}

/** Asks the kernel as the writer itself, where we may; null when all is well, or when we cannot know. */
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
