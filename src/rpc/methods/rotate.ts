// Methods of ours that begin new log files.
import { SyscallError } from '../../linux/errno.ts';
import { findProcess } from '../../operations/find-process.ts';
import { RpcFault } from '../../xmlrpc/faults.ts';
import { type Method, method, noParams, oneParam } from '../method.ts';
import { processName } from '../params.ts';

const always = { type: 'boolean', text: 'Always true, also when the log was empty and stays' } as const;

export const rotateMethods: Readonly<Record<string, Method>> = {
  rotateLog: method(
    'Begins new log files for a process, also when it does not run.',
    always,
    oneParam(processName, async ({ supervisor }, name) =>
      rotated(() => findProcess(supervisor, name).logs.rotate(), name),
    ),
  ),

  rotateMainLog: method(
    "Begins a new file for the daemon's own log.",
    always,
    noParams(async ({ supervisor, mainLogPath }) => {
      if (mainLogPath === null) throw new RpcFault('NO_FILE');
      return rotated(() => supervisor.daemon.log.rotate(), mainLogPath);
    }),
  ),
};

async function rotated(rotate: () => Promise<void>, label: string): Promise<true> {
  try {
    await rotate();
    return true;
  } catch (error) {
    if (error instanceof SyscallError) throw new RpcFault('FAILED', label);
    throw error;
  }
}
