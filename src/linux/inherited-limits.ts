// The soft descriptor limit with which the daemon was started. The runtime raises it to the hard limit before any of
// our code runs, and programs would inherit that: those that use select(2) break above 1024. The kernel does not keep
// the old value, but the parent process still has it.
import { readFileSync } from 'node:fs';
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';
import { RLIMIT_NOFILE } from './limits.ts';

export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Undoes what the runtime did, as far as it can be inferred. Only lowers the soft limit. */
export function restoreDescriptorLimit(): void {
  const cells = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(cells)), 'getrlimit');
  const [soft = 0n, hard = 0n] = cells;
  cells[0] = softLimitBefore({ soft, hard }, process.ppid, limitOf(process.ppid));
  if (cells[0] !== soft) libc.setrlimit(RLIMIT_NOFILE, ptr(cells));
}

/**
 * Pure. With the parent's hard limit, the process had the parent's soft limit, too. A service or container has limits of
 * its own: a hard limit of 524288 is systemd's default, whose soft limit is 1024 (systemd-system.conf(5)); any other was
 * set on purpose, as LimitNOFILE=N sets both.
 */
export function softLimitBefore(own: Limit, parentPid: number, parent: Limit | null): bigint {
  if (!mayBeRaised(own)) return own.soft;
  if (parentPid > 1 && parent?.hard === own.hard && parent.soft <= own.soft) return parent.soft;
  return parentPid <= 1 && own.hard === serviceHardLimit ? serviceSoftLimit : own.soft;
}

const serviceHardLimit = 524288n;
const serviceSoftLimit = 1024n;
/** The runtime raises it no further. */
const maxRaisedLimit = 1048576n;

function mayBeRaised({ soft, hard }: Limit): boolean {
  return soft === hard || soft === maxRaisedLimit;
}

function limitOf(pid: number): Limit | null {
  try {
    const words = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'));
    return words ? { soft: BigInt(words[1] ?? 0), hard: BigInt(words[2] ?? 0) } : null;
  } catch {
    return null;
  }
}
