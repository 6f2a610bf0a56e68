// The unix sockets of a configuration in the file system.
import { existsSync, lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { UnixServerConfig } from '../../config/config.ts';
import { probeSocket } from '../../linux/unix-probe.ts';
import { groupById, userById } from '../../linux/users.ts';
import type { UnixServerView } from '../machine-facts.ts';

export function gatherSocket({ section, path }: UnixServerConfig): UnixServerView {
  const status = statusOf(path);
  return {
    section,
    path,
    ...probeSocket(path),
    mode: status ? describe(status) : '',
    isSocket: status?.isSocket() ?? false,
    directoryExists: existsSync(dirname(path)),
  };
}

function statusOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    // No search permission on its directory.
    return null;
  }
}

/** `mode 0700, root:root`. */
function describe({ mode, uid, gid }: Stats): string {
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  return `mode ${octal}, ${userById(uid)?.name ?? uid}:${groupById(gid)?.name ?? gid}`;
}
