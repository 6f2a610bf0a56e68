// `tsupervisor start`: starts processes and waits until they run.
import { runOperation } from './control/operation-command.ts';

export function run(args: readonly string[]): Promise<number> {
  return runOperation('start', 'Start processes and wait until they run.', args);
}
