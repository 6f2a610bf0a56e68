// Compares a newly read configuration with the active groups.
import type {
  EventListenerPoolConfig,
  FastCgiGroupConfig,
  GroupConfig,
  ProcessConfig,
  StreamConfig,
} from './config.ts';
import { inOrderOfGroups } from './group-order.ts';

/**
 * Clients stop, remove and add one group after the other. With dependencies, what is removed comes after what depends on
 * it, so that it stops later; what is added or has changed comes before, so that nothing starts with what is replaced next.
 */
export interface GroupDifference {
  /** In the order of the new configuration. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** In the order of the active groups. */
  readonly removed: readonly string[];
}

/** Compares groups by name. A group has changed if its priority, its kind or any option of a process differs. */
export function diffGroups(active: readonly GroupConfig[], next: readonly GroupConfig[]): GroupDifference {
  const activeByName = new Map(active.map((group) => [group.name, group]));
  const nextNames = new Set(next.map((group) => group.name));
  const added: string[] = [];
  const changed: string[] = [];
  for (const group of next) {
    const before = activeByName.get(group.name);
    if (!before) added.push(group.name);
    else if (!sameGroup(before, group)) changed.push(group.name);
  }
  const removed = active.filter((group) => !nextNames.has(group.name)).map((group) => group.name);
  return {
    added: inOrderOfGroups(added, next),
    changed: inOrderOfGroups(changed, next),
    removed: inReverse(removed, active),
  };
}

/** Without dependencies the order stays. */
function inReverse(removed: readonly string[], active: readonly GroupConfig[]): readonly string[] {
  const ordered = inOrderOfGroups(removed.toReversed(), active);
  return ordered.toReversed();
}

function sameGroup(active: GroupConfig, next: GroupConfig): boolean {
  return (
    active.priority === next.priority &&
    sameKind(active, next) &&
    active.processes.length === next.processes.length &&
    active.processes.every((process, index) => sameProcess(process, next.processes[index]))
  );
}

function sameKind(active: GroupConfig, next: GroupConfig): boolean {
  switch (active.kind) {
    case 'programs':
      return next.kind === 'programs';
    case 'eventlistener':
      return next.kind === 'eventlistener' && samePool(active, next);
    case 'fastcgi':
      return next.kind === 'fastcgi' && sameSocket(active, next);
  }
}

/** The order of event names is irrelevant. */
function samePool(active: EventListenerPoolConfig, next: EventListenerPoolConfig): boolean {
  return (
    active.bufferSize === next.bufferSize &&
    active.resultHandler === next.resultHandler &&
    equal(active.events.toSorted(), next.events.toSorted())
  );
}

/** As in the original, a new mode, owner or backlog alone does not count as a change. */
function sameSocket(active: FastCgiGroupConfig, next: FastCgiGroupConfig): boolean {
  return active.socketUrl === next.socketUrl;
}

function sameProcess(active: ProcessConfig, next: ProcessConfig | undefined): boolean {
  if (!next) return false;
  return (
    sameStream(active.stdout, next.stdout) &&
    sameStream(active.stderr, next.stderr) &&
    // Group memberships that a user gained meanwhile are not a change of the configuration.
    active.user?.uid === next.user?.uid &&
    equal(
      { ...active, stdout: null, stderr: null, user: null },
      { ...next, stdout: null, stderr: null, user: null },
    )
  );
}

/** An automatic log file equals any active automatic log file. */
function sameStream(active: StreamConfig, next: StreamConfig): boolean {
  return (
    (next.logfile.kind === 'auto' || equal(active.logfile, next.logfile)) &&
    equal({ ...active, logfile: null }, { ...next, logfile: null })
  );
}

/** Deep equality of plain data; order matters in lists but not in objects. */
function equal(a: unknown, b: unknown): boolean {
  return Bun.deepEquals(a, b, true);
}
