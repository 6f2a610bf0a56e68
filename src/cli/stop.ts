// `tsupervisor stop`: stops processes and waits until they have exited.
import { runOperation } from './shared/operation-command.ts';

export function run(args: readonly string[]): Promise<number> {
  return runOperation('stop', 'Stop processes and wait until they have exited.', args);
}
