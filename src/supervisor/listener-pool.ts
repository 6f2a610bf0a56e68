// An [eventlistener:x]: connects a pool of the event system with the processes that are its listeners.
import type { EventListenerPoolConfig } from '../config/config.ts';
import { ListenerPool } from '../events/pool.ts';
import { isEventName } from '../events/types.ts';
import { Group } from './group.ts';
import { Process } from './process.ts';
import { pidOf } from './process-state.ts';
import type { Surroundings } from './surroundings.ts';

export function activateListenerPool(config: EventListenerPoolConfig, surroundings: Surroundings): Group {
  const { bus, eventSerials: serials, identifier, log } = surroundings;
  /** By process name: what tells the output of the present run from what an orphan of an earlier one writes. */
  const runs = new Map<string, symbol>();

  const processes = config.processes.map((processConfig) => {
    const { name } = processConfig;
    const connectStdout = () => {
      const run = Symbol(name);
      runs.set(name, run);
      return (chunk: Uint8Array) => {
        if (runs.get(name) === run) pool.received(name, chunk);
      };
    };
    return new Process(processConfig, config.name, surroundings, { connectStdout });
  });
  const pool = new ListenerPool(
    { name: config.name, bufferSize: config.bufferSize, identifier, serials, log },
    processes.map((process) => ({
      name: process.name,
      isRunning: () => process.state === 'RUNNING',
      writeStdin: (data) => process.writeStdin(data) === 'accepted',
    })),
  );
  for (const process of processes) {
    process.onTransition(() => {
      if (process.state === 'RUNNING') pool.running();
      if (pidOf(process.life.state) !== null) return;
      runs.delete(process.name);
      pool.ended(process.name);
    });
  }
  const unsubscribe = bus.subscribe(config.events.filter(isEventName), (event) => pool.accept(event));
  return new Group(config, processes, unsubscribe);
}
