// Which processes belong to one run of a program, and so may speak for it: docs/decisions/readiness.md.
import { startOfFile } from '../../linux/file-start.ts';
import { cgroupNumberOf } from '../../linux/pidfd-info.ts';
import { ProcessHandle } from '../../linux/process-handle.ts';
import { lineage } from '../../linux/process-tree.ts';
import { isSystemError } from '../../linux/system-error.ts';
import type { DatagramSender } from '../../linux/unix-datagram-receiver.ts';
import type { ProgramCgroup } from '../program-cgroups.ts';

export interface Membership {
  /** Whether that is its child or its main process, which has not been reaped. */
  isFollowed(pid: number): boolean;
  /** Whether that is a child of the daemon that has its own place: of another program, a hook, a probe. */
  isKnownChild(pid: number): boolean;
  readonly cgroup: ProgramCgroup | null;
  /** `NAME=value` in the environment that its child was given, and no other process. */
  readonly mark: string;
}

/** `ended`: it has been reaped, and nothing shows where it belonged. */
export type SenderVerdict = 'member' | 'stranger' | 'ended';

/** `hasPidfds`: whether the kernel passes one with every datagram. */
export function judgeSender(
  { pid, pidfd }: DatagramSender,
  run: Membership,
  hasPidfds: boolean,
): SenderVerdict {
  // The pid of a child that has not been reaped cannot have been another's while the socket existed.
  if (run.isFollowed(pid)) return 'member';
  if (pidfd === null && hasPidfds) return 'ended';
  const isMember = belongs(pid, run);
  // Asked after /proc was read: what is there now was there all the time.
  if (new ProcessHandle(pid, pidfd).isThere) return isMember ? 'member' : 'stranger';
  const cgroup = pidfd === null ? null : cgroupNumberOf(pidfd);
  return cgroup !== null && run.cgroup?.hasNumber(cgroup) ? 'member' : 'ended';
}

/**
 * Whether a process is in the cgroup of the run, or descends from a followed process. Without a cgroup also one that
 * descends from it but has lost its parents: it became a child of the daemon and has the mark of the run. The caller holds
 * the process by a pidfd and asks afterwards whether it is still there.
 */
export function belongs(pid: number, run: Membership): boolean {
  if (run.cgroup?.contains(pid)) return true;
  for (const { pid: ancestor, parent } of lineage(pid)) {
    if (run.isFollowed(ancestor)) return true;
    if (parent !== process.pid) continue;
    const isOrphan = !run.cgroup?.isEntered && !run.isKnownChild(ancestor);
    return isOrphan && hasInEnvironment(ancestor, run.mark);
  }
  return false;
}

/** Of the environment that a process was executed with. */
function hasInEnvironment(pid: number, assignment: string): boolean {
  try {
    return startOfFile(`/proc/${pid}/environ`, maxEnvironmentBytes).split('\0').includes(assignment);
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

const maxEnvironmentBytes = 256 * 1024;
