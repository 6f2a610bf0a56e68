// Parses URLs of the original's page: `?processname=NAME&action=start`.
import type { Operation } from '../http/ui/api-types.ts';

const everything = '*';

const operations: ReadonlyMap<string, Operation> = new Map([
  ['start', 'start'],
  ['stop', 'stop'],
  ['restart', 'restart'],
  ['clearlog', 'clear'],
]);

/** Null for an unknown action, or one without its process. */
export function classicRequest(
  action: string,
  name: string | null,
): { readonly operation: Operation; readonly targets: readonly string[] } | null {
  if (action === 'stopall') return { operation: 'stop', targets: [everything] };
  if (action === 'restartall') return { operation: 'restart', targets: [everything] };
  const operation = operations.get(action);
  return operation && name ? { operation, targets: [name] } : null;
}
