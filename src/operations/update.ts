// Makes the active groups match the configuration: reread, add, remove.
import { ConfigError } from '../config/config.ts';
import type { GroupDifference } from '../config/diff.ts';
import { isSystemError } from '../linux/system-error.ts';
import type { Requester } from '../supervisor/requester.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { OperationError } from './operation-error.ts';
import { stopAll } from './stop.ts';

/** Reads the files again; starts and stops nothing. Throws OperationError CANT_REREAD. */
export function reread(supervisor: Supervisor): GroupDifference {
  try {
    return supervisor.reread();
  } catch (error) {
    throw asRefusal(error);
  }
}

/**
 * Activates a group of the configuration as last read and starts its processes with autostart. Throws OperationError.
 */
export function addGroup(supervisor: Supervisor, name: string): void {
  switch (activate(supervisor, name)) {
    case 'unknown':
      throw new OperationError('BAD_NAME', name);
    case 'already':
      throw new OperationError('ALREADY_ADDED', name);
  }
}

/** Removes a group whose processes are all stopped. Throws OperationError. */
export function removeGroup(supervisor: Supervisor, name: string): void {
  switch (supervisor.removeGroup(name)) {
    case 'unknown':
      throw new OperationError('BAD_NAME', name);
    case 'running':
      throw new OperationError('STILL_RUNNING', name);
  }
}

/** Updates one group: stops and removes it, adds it, or both. Rejects with OperationError. */
export async function updateGroup(
  supervisor: Supervisor,
  { group, kind }: { readonly group: string; readonly kind: 'added' | 'changed' | 'removed' },
  by: Requester,
): Promise<void> {
  if (kind !== 'added') await takeAway(supervisor, group, by);
  // Idempotent: another client may have added it meanwhile.
  if (kind !== 'removed' && activate(supervisor, group) === 'unknown') {
    throw new OperationError('BAD_NAME', group);
  }
}

/** The OperationError for an invalid configuration; any other error is thrown again. */
export function asRefusal(error: unknown): unknown {
  return error instanceof ConfigError ? new OperationError('CANT_REREAD', error.message) : error;
}

/** Activation fails when AUTO logs cannot be created. */
function activate(supervisor: Supervisor, name: string): ReturnType<Supervisor['addGroup']> {
  try {
    return supervisor.addGroup(name);
  } catch (error) {
    if (isSystemError(error)) throw new OperationError('FAILED', `${name}: ${error.message}`);
    throw error;
  }
}

async function takeAway(supervisor: Supervisor, name: string, by: Requester): Promise<void> {
  const group = supervisor.groups.get(name);
  if (!group) return;
  await stopAll(group.processesByPriority, by);
  if (supervisor.removeGroup(name) === 'running') throw new OperationError('STILL_RUNNING', name);
}
