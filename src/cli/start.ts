// `tsupervisor start`: starts processes and waits until they are running.
import { runOperation } from './shared/operation-command.ts';

export function run(args: readonly string[]): Promise<number> {
  return runOperation('start', 'Start processes and wait until they are running.', args);
}
