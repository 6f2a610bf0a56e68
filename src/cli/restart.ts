// `tsupervisor restart`: stops processes and starts them again.
import { runOperation } from './shared/operation-command.ts';

export function run(args: readonly string[]): Promise<number> {
  return runOperation('restart', 'Stop processes, start them again, and wait until they are running.', args);
}
