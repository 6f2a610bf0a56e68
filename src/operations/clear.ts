// Emptying logs.
import { exists } from 'node:fs/promises';
import { type Channel, channels } from '../config/channel.ts';
import { SyscallError } from '../linux/errno.ts';
import type { Process } from '../supervisor/process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { OperationError } from './operation-error.ts';

/** Of a process that runs; one that does not keeps its logs, as in the original. Rejects with OperationError FAILED. */
export function clearOpenLogs(process: Process, label: string): Promise<void> {
  return orFailed(
    () => process.logs.clear(),
    () => label,
  );
}

/** Of a process, whether or not it runs. Rejects with OperationError FAILED. */
export function clearLogs(process: Process): Promise<void> {
  return orFailed(
    async () => {
      await process.logs.clear();
      if (process.pid === 0) await Promise.all(channels.map((channel) => clearClosedLog(process, channel)));
    },
    ({ message }) => message,
  );
}

/** Of the daemon. `path`: null when its log goes elsewhere than to a file. Rejects with OperationError. */
export async function clearMainLog(supervisor: Supervisor, path: string | null): Promise<void> {
  if (path === null || !(await exists(path))) throw new OperationError('NO_FILE');
  await orFailed(
    () => supervisor.daemon.log.clear(),
    ({ message }) => message,
  );
}

async function clearClosedLog({ logPaths, config, daemon }: Process, channel: Channel): Promise<void> {
  const path = logPaths[channel];
  if (path === null || !(await exists(path))) return;
  const log = daemon.dataPlane.openLog({ path, rotation: config[channel].rotation });
  await log.clear().finally(() => log.release());
}

async function orFailed(clear: () => Promise<void>, detail: (error: SyscallError) => string): Promise<void> {
  try {
    await clear();
  } catch (error) {
    if (error instanceof SyscallError) throw new OperationError('FAILED', detail(error));
    throw error;
  }
}
