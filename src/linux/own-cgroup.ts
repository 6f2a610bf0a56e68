// Which cgroup of the v2 hierarchy this process was started in, and whether somebody left it to us.
// Only reads: nothing is changed here.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pidsIn } from './cgroup.ts';
import { cstring, libc, ptr } from './libc.ts';
import { processRow } from './process-table.ts';
import { textOrEmpty } from './text-or-empty.ts';

/** Where we have put ourselves in an earlier life, below the cgroup that was left to us. */
export const managerName = 'manager';

/** `root`: the directory of a cgroup that is ours, whole. Else why there is none. */
export type OwnCgroup = { readonly root: string } | { readonly refusal: string };

/** Every rule here errs on the side of leaving it alone; see docs/decisions/cgroups.md. */
export function ownCgroup(): OwnCgroup {
  const path = cgroupPath(textOrEmpty('/proc/self/cgroup'));
  const mountinfo = textOrEmpty('/proc/self/mountinfo');
  const directory = path === null ? null : directoryOf(path, mountinfo);
  if (path === null || directory === null) return { refusal: 'there is no cgroup v2 hierarchy' };
  if (!isOursAlone(directory)) return { refusal: `others are in ${directory} too` };
  const rootPath = withoutManager(path);
  const root = directoryOf(rootPath, mountinfo);
  if (root !== null && (isMarkedDelegated(root) || isContainers(root, rootPath))) return { root };
  return { refusal: `${directory} is not delegated to us` };
}

/** From the text of /proc/self/cgroup: our path in the v2 hierarchy, or null. */
export function cgroupPath(selfCgroup: string): string | null {
  return /^0::(\/.*)$/m.exec(selfCgroup)?.[1] ?? null;
}

/** From the text of /proc/self/mountinfo (proc(5)): where that cgroup can be seen, or null. */
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

/** Space, tab, line feed and backslash stand as octal numbers. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function withoutManager(path: string): string {
  return path.endsWith(`/${managerName}`) ? path.slice(0, -managerName.length - 1) || '/' : path;
}

/** A shell that started us, or its session, would be in it too. Our own children are no others. */
function isOursAlone(directory: string): boolean {
  const pids = pidsIn(directory);
  const { pid: own } = process;
  return pids.includes(own) && pids.every((pid) => pid === own || processRow(pid)?.parent === own);
}

/** systemd's mark on a unit with Delegate=; only root can read the first. */
function isMarkedDelegated(directory: string): boolean {
  return ['trusted.delegate', 'user.delegate'].some((name) => extendedAttribute(directory, name) === '1');
}

/** As pid 1 of a container we are who its cgroup is for. The machine's own root cgroup has no type. */
function isContainers(root: string, path: string): boolean {
  return process.pid === 1 && path === '/' && existsSync(join(root, 'cgroup.type'));
}

function extendedAttribute(file: string, name: string): string | null {
  const value = new Uint8Array(64);
  const length = Number(libc.getxattr(cstring(file), cstring(name), ptr(value), BigInt(value.length)));
  return length < 0 ? null : Buffer.from(value.subarray(0, length)).toString('latin1');
}
