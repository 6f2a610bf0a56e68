// Makes the processes of a group, by the kind of group it is.
import type { GroupConfig } from '../config/config.ts';
import { activateFastCgiGroup } from './fastcgi-group.ts';
import { Group } from './group.ts';
import { activateListenerPool } from './listener-pool.ts';
import { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';
import { watchOver } from './watch-over.ts';

/** Throws SyscallError when the log file of a process with an AUTO log cannot be made. */
export function activateGroup(config: GroupConfig, surroundings: Surroundings): Group {
  const group = groupOf(config, surroundings);
  for (const process of group.processes) watchOver(process, surroundings);
  return group;
}

function groupOf(config: GroupConfig, surroundings: Surroundings): Group {
  switch (config.kind) {
    case 'programs':
      return new Group(
        config,
        config.processes.map((process) => new Process(process, config.name, surroundings)),
      );
    case 'eventlistener':
      return activateListenerPool(config, surroundings);
    case 'fastcgi':
      return activateFastCgiGroup(config, surroundings);
  }
}
