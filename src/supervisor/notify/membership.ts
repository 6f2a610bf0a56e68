// Which processes belong to one run of a program, and so may speak for it: docs/decisions/readiness.md.
import { statSync } from 'node:fs';
import { startOfFile } from '../../linux/file-start.ts';
import { cgroupNumberOf } from '../../linux/pidfd-info.ts';
import { ProcessHandle } from '../../linux/process-handle.ts';
import { processStat } from '../../linux/process-stat.ts';
import { lineage } from '../../linux/process-tree.ts';
import { isSystemError } from '../../linux/system-error.ts';
import type { DatagramSender } from '../../linux/unix-datagram-receiver.ts';
import type { ProgramCgroup } from '../child/program-cgroups.ts';

export interface Membership {
  /** Whether that is its child or its main process, which has not been reaped. */
  isFollowed(pid: number): boolean;
  /** Whether that is a child of the daemon that has its own place: of another program, a hook, a probe. */
  isKnownChild(pid: number): boolean;
  readonly cgroup: ProgramCgroup | null;
  /** When it began, as of `processStat`: in clock ticks since boot. */
  readonly startedAt: number;
  /** `NOTIFY_SOCKET=…`, in the environment of its child and of no other process. */
  readonly mark: string;
  /** `SUPERVISOR_…=…`, in the environment of its child. */
  readonly names: readonly string[];
}

/** `ended`: it has been reaped, and nothing shows where it belonged. */
export type SenderVerdict = 'member' | 'stranger' | 'ended';

/** `hasPidfds`: whether the kernel passes one with every datagram. */
export function judgeSender(
  { pid, uid, pidfd }: DatagramSender,
  run: Membership,
  hasPidfds: boolean,
): SenderVerdict {
  // The pid of a child that has not been reaped cannot have been another's while the socket existed.
  if (run.isFollowed(pid)) return 'member';
  if (pidfd === null && hasPidfds) return 'ended';
  const isMember = belongs(pid, run, uid);
  // After /proc was read: a sender that still runs rules out that its pid was reused while it was judged.
  if (new ProcessHandle(pid, pidfd).isThere) return isMember ? 'member' : 'stranger';
  const cgroup = pidfd === null ? null : cgroupNumberOf(pidfd);
  return cgroup !== null && run.cgroup?.hasNumber(cgroup) ? 'member' : 'ended';
}

/**
 * Whether a process is in the cgroup of the run, or descends from a followed process. Without a cgroup also an orphan,
 * which is a child of the daemon now, and what descends from it: see `isOwnOrphan`. `claimant`: the user who says so. The
 * caller holds the process by a pidfd and asks afterwards whether it is still there.
 */
export function belongs(pid: number, run: Membership, claimant: number): boolean {
  if (run.cgroup?.contains(pid)) return true;
  for (const { pid: ancestor, parent } of lineage(pid)) {
    if (run.isFollowed(ancestor)) return true;
    if (parent !== process.pid) continue;
    return !run.cgroup?.isEntered && !run.isKnownChild(ancestor) && isOwnOrphan(ancestor, run, claimant);
  }
  return false;
}

/**
 * By the environment that the orphan was executed with. Where that names no program, because it was cleared or overwritten
 * by a title as `ps` shows it, it belongs to a run that began before it, if the claimant is root or its own user.
 */
function isOwnOrphan(pid: number, run: Membership, claimant: number): boolean {
  const variables = environmentOf(pid);
  if (variables.includes(run.mark)) return true;
  const isOthers = variables.some(
    (variable) => programVariable.test(variable) && !run.names.includes(variable),
  );
  if (isOthers || variables.length === 0) return false;
  const isLater = (processStat(pid)?.startedAt ?? -1) >= run.startedAt;
  return isLater && (claimant === 0 || claimant === userOf(pid));
}

/** What tells the program of a process. */
const programVariable = /^(?:NOTIFY_SOCKET|SUPERVISOR_(?:PROCESS|GROUP)_NAME)=/;

/** Empty when it cannot be read, or the process is a zombie. */
function environmentOf(pid: number): readonly string[] {
  try {
    const text = startOfFile(`/proc/${pid}/environ`, maxEnvironmentBytes);
    return text === '' ? [] : text.split('\0');
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

const maxEnvironmentBytes = 256 * 1024;

/** Its effective user; root for a process that may not be traced. */
function userOf(pid: number): number | null {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? null;
}
