// An [eventlistener:x] section: connects a pool of the data plane with the bus and with its listener processes.
import { join } from 'node:path';
import type { EventListenerPoolConfig } from '../../config/config.ts';
import { resultHandlerNamed } from '../../events/result-handler.ts';
import { isEventName } from '../../events/types.ts';
import type { DaemonContext } from '../daemon-context.ts';
import { Group } from '../group.ts';
import { pidOf } from '../lifecycle/process-state.ts';
import { Process } from '../process.ts';

export function activateListenerPool(config: EventListenerPoolConfig, daemon: DaemonContext): Group {
  const { bus, dataPlane, eventSerials: serials, identifier, log } = daemon;
  const { name, bufferSize } = config;
  const listeners = config.processes.map((process) => process.name);
  const resultHandler = resultHandlerNamed(config.resultHandler);
  const spec = { name, bufferSize, identifier, listeners, resultHandler, serials, log };
  const pool = dataPlane.openPool(spec, stdoutLog(config, daemon));
  const processes = config.processes.map(
    (processConfig) => new Process(processConfig, name, daemon, { pool }),
  );

  /** Synchronised before each event, so that a listener does not get the events of its own stop. */
  const syncListenerStates = () => {
    for (const process of processes) {
      pool.listenerIs(process.name, process.state === 'RUNNING' ? 'running' : 'notRunning');
    }
  };
  for (const process of processes) {
    process.onTransition(() => {
      syncListenerStates();
      if (pidOf(process.life.state) === null) pool.listenerIs(process.name, 'ended');
    });
  }
  const unsubscribe = bus.subscribe(config.events.filter(isEventName), (event) => {
    syncListenerStates();
    pool.accept(event);
  });
  return new Group(config, processes, () => {
    unsubscribe();
    pool.close();
  });
}

/**
 * The log of the first listener's stdout, which decides the pool's thread; for AUTO any file of the directory. Null
 * without a log.
 */
function stdoutLog({ processes }: EventListenerPoolConfig, { childlogdir }: DaemonContext): string | null {
  const logfile = processes[0]?.stdout.logfile;
  if (logfile?.kind === 'file') return logfile.path;
  return logfile?.kind === 'auto' ? join(childlogdir, 'any') : null;
}
