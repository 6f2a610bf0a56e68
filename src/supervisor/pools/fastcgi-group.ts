// A [fcgi-program:x] section: processes whose stdin is the group's listening socket.
import type { FastCgiGroupConfig } from '../../config/config.ts';
import { SyscallError } from '../../linux/errno.ts';
import { SpawnError } from '../child/spawn-error.ts';
import type { DaemonContext } from '../daemon-context.ts';
import { Group } from '../group.ts';
import { pidOf } from '../lifecycle/process-state.ts';
import { Process } from '../process.ts';
import { FastCgiSocket } from './fastcgi-socket.ts';

export function activateFastCgiGroup(config: FastCgiGroupConfig, daemon: DaemonContext): Group {
  const socket = new FastCgiSocket(config, daemon.log);
  const acquire = (holder: string): number => {
    try {
      return socket.acquire(holder);
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      throw new SpawnError(`Could not create FastCGI socket ${config.socketUrl}: ${error.code}`);
    }
  };
  tryOnce(config, acquire, socket, daemon);
  const processes = config.processes.map((processConfig) => {
    const { name } = processConfig;
    const process = new Process(processConfig, config.name, daemon, { stdinFd: () => acquire(name) });
    process.onTransition(() => {
      if (pidOf(process.life.state) === null) socket.release(name);
    });
    return process;
  });
  return new Group(config, processes);
}

/**
 * Reports a socket that cannot be created when the group is activated, not at the first start. Not fatal: each start
 * tries again.
 */
function tryOnce(
  config: FastCgiGroupConfig,
  acquire: (holder: string) => number,
  socket: FastCgiSocket,
  { log }: DaemonContext,
): void {
  try {
    acquire(config.name);
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    log.error(error.message);
  }
  socket.release(config.name);
}
