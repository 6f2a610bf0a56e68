// The cgroup (v2) in which this process was started, and whether it is delegated to it. Read-only.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pidsIn } from './cgroup.ts';
import { cstring, libc, ptr } from './libc.ts';
import { processRow } from './process-table.ts';
import { textOrEmpty } from './text-or-empty.ts';

/** The daemon's own cgroup, below the delegated one; it is in it after an exec or restart. */
export const managerName = 'manager';

/** `root`: the directory of the delegated cgroup; `path`: its path in the hierarchy. `refusal`: why there is none. */
export type OwnCgroup = { readonly root: string; readonly path: string } | { readonly refusal: string };

/** Conservative: in doubt the cgroup is not used; see docs/decisions/cgroups.md. */
export function ownCgroup(): OwnCgroup {
  const path = cgroupPath(textOrEmpty('/proc/self/cgroup'));
  const mountinfo = textOrEmpty('/proc/self/mountinfo');
  const directory = path === null ? null : directoryOf(path, mountinfo);
  if (path === null || directory === null) return { refusal: 'there is no cgroup v2 hierarchy' };
  if (!isOursAlone(directory)) return { refusal: `others are in ${directory} too` };
  const rootPath = withoutManager(path);
  const root = directoryOf(rootPath, mountinfo);
  if (root !== null && (isMarkedDelegated(root) || isContainers(root, rootPath)))
    return { root, path: rootPath };
  return { refusal: `${directory} is not delegated to us` };
}

/** The path of the cgroup (v2) of a process; null when there is no such process or hierarchy. */
export function cgroupOf(pid: number): string | null {
  return cgroupPath(textOrEmpty(`/proc/${pid}/cgroup`));
}

/** Parses /proc/self/cgroup: the path in the v2 hierarchy, or null. */
export function cgroupPath(selfCgroup: string): string | null {
  return /^0::(\/.*)$/m.exec(selfCgroup)?.[1] ?? null;
}

/** Parses /proc/self/mountinfo (proc(5)): where that cgroup is mounted, or null. */
export function directoryOf(path: string, mountinfo: string): string | null {
  if (path.split('/').includes('..')) return null;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    if (!after.startsWith('cgroup2 ')) continue;
    const [, , , root = '', mountPoint = ''] = before.split(' ').map(unescaped);
    if (root === '/') return join(mountPoint, path);
    if (path === root || path.startsWith(`${root}/`)) return join(mountPoint, path.slice(root.length));
  }
  return null;
}

/** Space, tab, line feed and backslash are octal escapes. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function withoutManager(path: string): string {
  return path.endsWith(`/${managerName}`) ? path.slice(0, -managerName.length - 1) || '/' : path;
}

/** The shell that started the daemon, or its session, would be in it, too. The daemon's own children do not count. */
function isOursAlone(directory: string): boolean {
  const pids = pidsIn(directory);
  const { pid: own } = process;
  return pids.includes(own) && pids.every((pid) => pid === own || processRow(pid)?.parent === own);
}

/** Extended attributes that systemd sets on a unit with Delegate=; only root can read the first. */
function isMarkedDelegated(directory: string): boolean {
  return ['trusted.delegate', 'user.delegate'].some((name) => extendedAttribute(directory, name) === '1');
}

/** The cgroup of a container belongs to its pid 1. The root cgroup of the machine has no cgroup.type. */
function isContainers(root: string, path: string): boolean {
  return process.pid === 1 && path === '/' && existsSync(join(root, 'cgroup.type'));
}

function extendedAttribute(file: string, name: string): string | null {
  const value = new Uint8Array(64);
  const length = Number(libc.getxattr(cstring(file), cstring(name), ptr(value), BigInt(value.length)));
  return length < 0 ? null : Buffer.from(value.subarray(0, length)).toString('latin1');
}
