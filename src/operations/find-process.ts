// Resolves names sent by clients to processes and groups.
import { parseProcessName } from '../config/process-name.ts';
import type { Group } from '../supervisor/group.ts';
import type { Process } from '../supervisor/process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { OperationError } from './operation-error.ts';

/** `name` or `group:name`. Throws OperationError BAD_NAME. */
export function findProcess(supervisor: Supervisor, text: string): Process {
  const target = findTarget(supervisor, text);
  if (target.kind === 'group') throw new OperationError('BAD_NAME', text);
  return target.process;
}

export type Target =
  | { readonly kind: 'process'; readonly process: Process }
  | { readonly kind: 'group'; readonly group: Group };

/** Like findProcess; `group:*` and `group:` mean the group. */
export function findTarget(supervisor: Supervisor, text: string): Target {
  const { group: groupName, name } = parseProcessName(text);
  const group = findGroup(supervisor, groupName, text);
  if (text.includes(':') && (name === '' || name === '*')) return { kind: 'group', group };
  const process = group.process(name);
  if (!process) throw new OperationError('BAD_NAME', text);
  return { kind: 'process', process };
}

/** A group by its plain name. `sent`: the name in the error. Throws OperationError BAD_NAME. */
export function findGroup(supervisor: Supervisor, name: string, sent = name): Group {
  const group = supervisor.groups.get(name);
  if (!group) throw new OperationError('BAD_NAME', sent);
  return group;
}
